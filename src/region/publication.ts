/** The way of a commit from its master to everybody: on the disk first where that is asked for, then visible, then announced. */
import type { JsonMmapError } from '../errors.js';
import type { Commit } from './control/record.js';
import type { Disk } from './durability/disk.js';
import { fenced } from './errors.js';
import { failpoint } from './failpoints.js';
import type { ClaimedRegion } from './mastership/claimed-region.js';
import type { OldSegments } from './segment/retention.js';

export class Publication {
  readonly #name: string;
  readonly #ownership: ClaimedRegion;
  readonly #old: OldSegments;
  readonly #disk: Disk | undefined;
  #newest: Commit | undefined;
  #lost: JsonMmapError | undefined;

  /**
   * @param newest The commit that is published already.
   * @param disk Where versions have to survive power loss.
   */
  constructor(
    name: string,
    ownership: ClaimedRegion,
    old: OldSegments,
    newest: Commit | undefined,
    disk: Disk | undefined,
  ) {
    this.#name = name;
    this.#ownership = ownership;
    this.#old = old;
    this.#newest = newest;
    this.#disk = disk;
  }

  /** The newest commit that followers see. */
  get newest(): Commit | undefined {
    return this.#newest;
  }

  /** Resolves when nothing is on its way; rejects with what stopped it. */
  get settled(): Promise<void> {
    return this.#disk?.settled ?? Promise.resolve();
  }

  /** Publishes `commit`; where versions are durable, blocks for two syncs first. @throws `ERR_SYSTEM`, `ERR_FENCED` */
  publish(commit: Commit): void {
    if (this.#disk !== undefined) {
      this.#disk.secure(commit);
      this.#checkStands();
    }
    this.#show(commit);
  }

  /** Publishes `commit` when it survives power loss, without blocking this thread. One at a time: `settle` comes before the next. */
  publishLater(commit: Commit, disk: Disk): void {
    disk.secureLater(commit, () => {
      this.#checkStands();
      this.#show(commit);
    });
  }

  /** Blocks until nothing is on its way. @throws what stops it */
  settle(): void {
    this.#disk?.settle();
  }

  /**
   * Before anything is appended: the nodes of a commit that failed on its way may have their anchor on the disk, so nothing may take their place (I15).
   * @throws `ERR_SYSTEM` after a sync has failed, `ERR_FENCED` after the region was lost during one
   */
  check(): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#disk?.check();
  }

  /** A sync takes long enough for somebody to claim the region meanwhile. */
  #checkStands(): void {
    if (this.#ownership.stands()) return;
    this.#lost = fenced(this.#name);
    throw this.#lost;
  }

  #show(commit: Commit): void {
    this.#ownership.control.publish(commit);
    this.#newest = commit;
    this.#ownership.ring(commit.committedAt);
    failpoint('publish:rung');
    this.#old.dropUnneeded(commit.version);
  }
}
