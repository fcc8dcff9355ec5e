/** Publishing what survives power loss (I13): secured on the disk first, in this thread or beside it, then visible. */
import type { JsonMmapError } from '../../errors.js';
import type { Commit } from '../control/record.js';
import type { Disk } from '../durability/disk.js';
import { fenced } from '../errors.js';
import type { ClaimedRegion } from '../mastership/claimed-region.js';
import type { Publication } from './publication.js';

export class DurablePublication {
  /** Makes a secured commit visible. */
  readonly publication: Publication;
  readonly #claimed: ClaimedRegion;
  readonly #disk: Disk;
  /** What `publishLater` is securing. */
  #underway: Commit | undefined;
  #lost: JsonMmapError | undefined;

  constructor(claimed: ClaimedRegion, disk: Disk, publication: Publication) {
    this.#claimed = claimed;
    this.#disk = disk;
    this.publication = publication;
  }

  /** @throws `ERR_SYSTEM` after a sync has failed, `ERR_FENCED` after the region was lost during one */
  check(): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#disk.check();
  }

  /** Blocks for two syncs, then publishes `commit`. @throws `ERR_SYSTEM`, `ERR_NO_SPACE`, `ERR_FENCED` */
  publish(commit: Commit): void {
    this.#disk.secure(commit);
    this.#show(commit);
  }

  /** Publishes `commit` without blocking. One at a time: `settle` comes before the next. Rejects as `publish` throws. */
  async publishLater(commit: Commit): Promise<void> {
    this.#underway = commit;
    const isUnderway = () => this.#underway === commit;
    if (!(await this.#disk.secureLater(commit, isUnderway))) return; // `settle` was faster
    this.#underway = undefined;
    this.#show(commit);
  }

  /** Blocks until `publishLater` is done. @throws as `publish` */
  settle(): void {
    const commit = this.#underway;
    if (commit === undefined) return;
    this.#disk.secure(commit);
    this.#underway = undefined;
    this.#show(commit);
  }

  /** A sync takes long enough for somebody to claim the region meanwhile (I7). */
  #show(commit: Commit): void {
    if (!this.#claimed.stands()) {
      this.#lost = fenced(this.#claimed.name);
      throw this.#lost;
    }
    this.publication.publish(commit);
  }
}
