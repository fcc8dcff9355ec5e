/**
 * Makes commits survive power loss. PROTOCOL.md has the argument; it rests on this order:
 *
 * 1. The nodes are on the disk, before
 * 2. a durable commit slot names their commit, and is on the disk, before
 * 3. the commit is published.
 *
 * So power loss cannot take back what a follower has seen. None of this runs for a master that did not ask for it.
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

export class Disk {
  readonly #paths: RegionPaths;
  readonly #control: Control;
  readonly #inBackground: boolean;
  readonly #controlFile: SyncedFile;
  #segmentFile: SyncedFile | undefined;
  #failure: unknown;

  /**
   * @param inBackground Whether `secureLater` will be called.
   * @throws `ERR_DIRECTORY` where the region is in memory
   */
  constructor(paths: RegionPaths, control: Control, inBackground: boolean) {
    checkIsDisk(paths.directory);
    this.#paths = paths;
    this.#control = control;
    this.#inBackground = inBackground;
    this.#controlFile = new SyncedFile(paths.control, inBackground);
  }

  /** Makes the slots survive that a killed master has stored: before they are restored, which makes their versions visible (I13). */
  secureSlots(): void {
    this.#guarded(() => this.#controlFile.sync());
  }

  /**
   * Makes the region survive power loss: `commit`, the newest one, and the segments `numbers`. Until this returns nothing may be unlinked,
   * because the slot on the disk may be older than the one in memory (I16).
   */
  establish(commit: Commit | undefined, numbers: Iterable<number>): void {
    this.#guarded(() => {
      for (const number of numbers) if (existsSync(this.#paths.segment(number))) this.#fileOf(number).sync();
      syncDirectory(this.#paths.directory);
      syncDirectoriesAbove(this.#paths.directory);
      const { state, slots } = this.#control;
      if (!state.durable) slots.erase();
      this.#controlFile.sync(); // the ring, before a slot is ahead of it
      state.restoredIn = bootMark();
      if (commit !== undefined) slots.store(commit);
      state.durable = true;
      this.#controlFile.sync();
    });
  }

  /**
   * Blocks until `commit`, whose nodes are stored, survives power loss. Two syncs.
   * @throws `ERR_SYSTEM`, `ERR_NO_SPACE`: this master can publish nothing more then, because nobody knows what is on the disk
   */
  secure(commit: Commit): void {
    this.#guarded(() => {
      this.#fileOf(commit.segment).sync();
      this.#control.slots.store(commit);
      this.#controlFile.sync();
      failpoint('slot:synced');
    });
  }

  /**
   * Secures `commit` without blocking this thread, in the same two steps. Resolves to false, with the rest left undone, when `isWanted` has become
   * false meanwhile. Rejects as `secure` throws.
   */
  async secureLater(commit: Commit, isWanted: () => boolean): Promise<boolean> {
    this.check();
    await this.#awaited(this.#fileOf(commit.segment).syncLater());
    if (!isWanted()) return false;
    this.#control.slots.store(commit);
    await this.#awaited(this.#controlFile.syncLater());
    if (!isWanted()) return false;
    failpoint('slot:synced');
    return true;
  }

  /** @throws `ERR_SYSTEM` after a sync has failed: the kernel may count pages as written that are not, so the next sync would succeed and mean nothing */
  check(): void {
    if (this.#failure === undefined) return;
    throw new JsonMmapError(
      'ERR_SYSTEM',
      `the disk under ${this.#paths.directory} has failed, and this master cannot tell what is on it`,
      { cause: this.#failure, cure: `check the disk, then open the region again` },
    );
  }

  /** Closes the files, as soon as no sync is under way. Idempotent. */
  close(): void {
    this.#controlFile.close();
    this.#segmentFile?.close();
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

/** Takes durability from a region whose next versions need not survive power loss. */
export function giveUpDurability({ state, slots }: Control): void {
  state.durable = false;
  slots.erase();
}

function checkIsDisk(directory: string): void {
  if (!IN_MEMORY.has(statfsSync(directory).type)) return;
  throw new JsonMmapError(
    'ERR_DIRECTORY',
    `the directory ${directory} is in memory, and nothing in it survives power loss`,
    { durability: 'disk', cure: `name a directory on a disk with the option dir, or open with durability: 'none'` },
  );
}
