/**
 * The durable commit slots: the commit records of the two newest versions of a durable region, which reach the disk before the ring and the version
 * word do. Whatever power loss left of those, the slots say what they should be (I13, I14).
 */
import { failpoint } from '../failpoints.js';
import { COMMIT_SLOT_OFFSET, COMMIT_SLOT_STRIDE, COMMIT_SLOTS } from '../files/layout.js';
import type { ControlMemory } from './memory.js';
import { type Commit, decodeRecord, encodeRecord } from './record.js';

/** One slot for the even versions, one for the odd. */
export class CommitSlots {
  readonly #memory: ControlMemory;
  readonly #checksumSeed: number;

  constructor(memory: ControlMemory, checksumSeed: number) {
    this.#memory = memory;
    this.#checksumSeed = checksumSeed;
  }

  /** Returns the commits in slots that are whole, newest first. */
  read(): Commit[] {
    const commits: Commit[] = [];
    for (let index = 0; index < COMMIT_SLOTS; index++) {
      this.#memory.loadRecord(offsetOf(index));
      const commit = decodeRecord(this.#checksumSeed);
      if (commit !== undefined && commit.version > 0 && commit.version % COMMIT_SLOTS === index) commits.push(commit);
    }
    return commits.sort((a, b) => b.version - a.version);
  }

  /** Writes `commit` over the version before the last one (I14). */
  store(commit: Commit): void {
    encodeRecord(commit, this.#checksumSeed);
    this.#memory.storeRecord(offsetOf(commit.version % COMMIT_SLOTS), 'slot:half');
    failpoint('slot:stored');
  }

  /** Leaves no commit in the slots. */
  erase(): void {
    for (let index = 0; index < COMMIT_SLOTS; index++) this.#memory.eraseRecord(offsetOf(index));
  }
}

function offsetOf(index: number): number {
  return COMMIT_SLOT_OFFSET + index * COMMIT_SLOT_STRIDE;
}
