/** A mapped control file: its header, and the three parts that change. */
import type { Mapping, Woken } from '../../system/contract.js';
import type { FileHeader } from '../files/header.js';
import { WAKE_OFFSET } from '../files/layout.js';
import { CommitSlots } from './commit-slots.js';
import { ControlMemory } from './memory.js';
import { checksumSeedOf } from './record.js';
import { RegionState } from './region-state.js';
import { CommitRing } from './ring.js';

export class Control {
  readonly path: string;
  readonly header: FileHeader;
  /** The version word and the records of the newest versions. */
  readonly ring: CommitRing;
  /** Who holds the region, and what its master keeps. */
  readonly state: RegionState;
  /** The records that reach the disk before their versions are visible. */
  readonly slots: CommitSlots;
  readonly #memory: ControlMemory;

  /** Takes over `mapping`, which covers the whole of the control file with this header. */
  constructor(path: string, header: FileHeader, mapping: Mapping) {
    this.path = path;
    this.header = header;
    this.#memory = new ControlMemory(mapping);
    const checksumSeed = checksumSeedOf(header.instance);
    this.ring = new CommitRing(path, this.#memory, header.number, checksumSeed);
    this.state = new RegionState(path, this.#memory);
    this.slots = new CommitSlots(this.#memory, checksumSeed);
  }

  /**
   * Wakes the processes that wait for the wake word (I21), and those that watch the file `fd`, whose time becomes `atMs`. What it announces is visible before. Returns how many waits
   * it has woken. @throws what the system refuses it for
   */
  announce(fd: number, atMs: number): number {
    return this.#memory.changeAndWake(WAKE_OFFSET, fd, atMs);
  }

  /** The first half of an announcement: a process that is about to wait does not, and finds what is announced. The other half is `wakeInPool`. */
  changeWakeWord(): void {
    this.#memory.changeWord(WAKE_OFFSET);
  }

  /** The second half: the thread pool wakes those that wait, and those that watch the file `fd`, which has to stay open until it calls `done`. */
  wakeInPool(fd: number, atMs: number, done: Woken): void {
    this.#memory.wakeInPool(WAKE_OFFSET, fd, atMs, done);
  }

  /** Unmaps; any later access to the memory throws (I18). Idempotent. */
  close(): void {
    this.#memory.close();
  }
}
