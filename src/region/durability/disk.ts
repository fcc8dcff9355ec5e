/**
 * Making versions survive power loss. PROTOCOL.md has the argument; the order is all of it:
 *
 * 1. the nodes are on the disk, before
 * 2. an anchor names their commit, and is on the disk, before
 * 3. the commit is published.
 *
 * So what a follower sees is what power loss cannot take back. Nothing of this runs for a master that did not ask for it.
 */
import { existsSync, statfsSync } from 'node:fs';
import { JsonMmapError } from '../../errors.js';
import { bootMark } from '../../system/boot.js';
import type { Control } from '../control/control.js';
import type { Commit } from '../control/record.js';
import { failpoint } from '../failpoints.js';
import type { RegionPaths } from '../files/paths.js';
import { syncDirectoriesAbove, syncDirectory } from '../files/sync.js';
import { SyncedFile } from './synced-file.js';

/** statfs(2): tmpfs and ramfs. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);

/** A commit that is being secured, and what comes then. */
interface Underway {
  readonly commit: Commit;
  readonly publish: () => void;
}

export class Disk {
  readonly #paths: RegionPaths;
  readonly #control: Control;
  readonly #inBackground: boolean;
  readonly #controlFile: SyncedFile;
  #segmentFile: SyncedFile | undefined;
  #underway: Underway | undefined;
  #settled: Promise<void> = Promise.resolve();
  #failure: unknown;

  /**
   * @param inBackground Whether `secureLater` will be called.
   * @throws `ERR_DIRECTORY` where the region lies in memory
   */
  constructor(paths: RegionPaths, control: Control, inBackground: boolean) {
    checkIsDisk(paths.directory);
    this.#paths = paths;
    this.#control = control;
    this.#inBackground = inBackground;
    this.#controlFile = new SyncedFile(paths.control, inBackground);
  }

  /** Makes the anchors survive that a killed master has stored: before they are restored, which makes their versions visible (I13). */
  secureAnchors(): void {
    this.#guarded(() => this.#controlFile.sync());
  }

  /**
   * Makes what is there survive power loss: `commit`, the newest one, and the segments `numbers`. Until this returns nothing may be unlinked,
   * because the anchor on the disk may be an older one than that in memory.
   */
  establish(commit: Commit | undefined, numbers: Iterable<number>): void {
    this.#guarded(() => {
      for (const number of numbers) if (existsSync(this.#paths.segment(number))) this.#fileOf(number).sync();
      syncDirectory(this.#paths.directory);
      syncDirectoriesAbove(this.#paths.directory);
      if (!this.#control.durable) this.#control.eraseAnchors();
      this.#controlFile.sync(); // the ring behind the anchor, before there is one
      this.#control.restoredIn = bootMark();
      if (commit !== undefined) this.#control.storeAnchor(commit);
      this.#control.durable = true;
      this.#controlFile.sync();
    });
  }

  /**
   * Blocks until `commit`, whose nodes are stored, survives power loss. Two syncs.
   * @throws `ERR_SYSTEM`, `ERR_NO_SPACE`: this master can publish nothing more then, because nobody knows what the disk has
   */
  secure(commit: Commit): void {
    this.#guarded(() => {
      this.#fileOf(commit.segment).sync();
      this.#control.storeAnchor(commit);
      this.#controlFile.sync();
      failpoint('anchor:synced');
    });
  }

  /** Secures `commit` without blocking this thread, then calls `publish`. One at a time: `settle` comes before the next. */
  secureLater(commit: Commit, publish: () => void): void {
    this.check();
    const underway = { commit, publish };
    this.#underway = underway;
    this.#settled = this.#finish(underway);
    this.#settled.catch(() => {}); // whoever waits is told, and whoever writes next
  }

  /** Resolves when nothing is under way; rejects as `secure` throws. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Blocks until nothing is under way. @throws as `secure`, and what `publish` throws */
  settle(): void {
    const underway = this.#underway;
    if (underway === undefined) return;
    this.secure(underway.commit);
    this.#underway = undefined;
    underway.publish();
  }

  /** @throws `ERR_SYSTEM` after a sync has failed: pages may count as written that are not, so that the next one would succeed and mean nothing */
  check(): void {
    if (this.#failure === undefined) return;
    throw new JsonMmapError(
      'ERR_SYSTEM',
      `the disk under ${this.#paths.directory} has failed, and this master cannot tell what it holds: check the disk, then open the region again`,
      { cause: this.#failure },
    );
  }

  /** Closes the files, as soon as nothing is under way. Idempotent. */
  close(): void {
    this.#controlFile.close();
    this.#segmentFile?.close();
  }

  /** Ends early where `settle` was faster. */
  async #finish(underway: Underway): Promise<void> {
    await this.#awaited(this.#fileOf(underway.commit.segment).syncLater());
    if (this.#underway !== underway) return;
    this.#control.storeAnchor(underway.commit);
    await this.#awaited(this.#controlFile.syncLater());
    if (this.#underway !== underway) return;
    failpoint('anchor:synced');
    this.#underway = undefined;
    underway.publish();
  }

  async #awaited(sync: Promise<void>): Promise<void> {
    await sync.catch((error) => {
      this.#failure ??= error;
      throw error;
    });
  }

  #guarded(body: () => void): void {
    this.check();
    try {
      body();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #fileOf(number: number): SyncedFile {
    const path = this.#paths.segment(number);
    if (this.#segmentFile?.path === path) return this.#segmentFile;
    this.#segmentFile?.close();
    this.#segmentFile = new SyncedFile(path, this.#inBackground);
    return this.#segmentFile;
  }
}

/** Ends the promise for a region whose next versions need not survive power loss. */
export function giveUpDurability(control: Control): void {
  control.durable = false;
  control.eraseAnchors();
}

function checkIsDisk(directory: string): void {
  if (!IN_MEMORY.has(statfsSync(directory).type)) return;
  throw new JsonMmapError(
    'ERR_DIRECTORY',
    `the directory ${directory} lies in memory, and nothing in it survives power loss: name one on a disk with the option dir, or open with durability: 'none'`,
  );
}
