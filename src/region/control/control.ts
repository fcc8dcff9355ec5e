/** A mapped control file: its header, and the three parts that change. */
import type { Mapping } from '../../system/contract.js';
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

  /** The first half of a notification: a process that is about to wait does not, and finds what is announced, which is visible before (I21). */
  changeWakeWord(): void {
    this.#memory.changeWord(WAKE_OFFSET);
  }

  /**
   * The second half: wakes the processes that wait for the wake word, and those that watch the file `fd`, whose time becomes `atMs`. Returns whether that was
   * costly, as `Mapping.wake` has it. @throws what the system refuses it for
   */
  wake(fd: number, atMs: number): boolean {
    return this.#memory.wake(WAKE_OFFSET, fd, atMs);
  }

  /** Unmaps; any later access to the memory throws (I18). Idempotent. */
  close(): void {
    this.#memory.close();
  }
}
