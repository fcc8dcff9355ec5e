/**
 * The version word and the commit ring: how a commit becomes visible to readers that take no lock.
 *
 * Four rules make that right; PROTOCOL.md has the proofs.
 *
 * 1. A record is written piece by piece, then the version word, all of it with `Atomics`. The nodes of a segment are plain stores before, and plain
 *    loads after, the version word, which is what release and acquire order.
 * 2. The writer of version v overwrites the record of v - capacity while the version word still says v - 1 (I3). A record that was
 *    read whole is therefore whole in itself if the version word, loaded again afterwards, is less than capacity - 1 ahead.
 * 3. The version word is a float64 that holds an integer below 2^53: one aligned load, no wrap-around, no BigInt to allocate.
 * 4. The check on the hot path is a plain load of it, `versionView[0]`, compared with the version that the reader has. It may be served late,
 *    never wrongly: the word only ever holds versions. "Equal" returns what the reader has; "different" leads to `changedSince`
 *    and an acquire with `Atomics`, so nothing is read through the plain load but the fact of a change. The reader keeps the
 *    array itself: each object on the way to it would cost as much as the check. A compiler may lift a plain load out of
 *    a loop that does nothing else; V8 does not (a test polls that way), elsewhere every check is an atomic one.
 */
import { corrupt } from '../errors.js';
import { failpoint } from '../failpoints.js';
import { RECORD_BYTES, RING_OFFSET, VERSION_OFFSET } from '../files/layout.js';
import type { ControlMemory } from './memory.js';
import { type Commit, decodeRecord, encodeRecord } from './record.js';

export class CommitRing {
  /** The control file. */
  readonly path: string;
  /** How many records it has room for. */
  readonly capacity: number;
  /** Element 0 is the version word for plain loads (rule 4), or NaN where only `changedSince` can tell. It equals no version after `close`. */
  readonly versionView: Float64Array;
  readonly #memory: ControlMemory;
  readonly #checksumSeed: number;
  #presumed: readonly Commit[] = [];

  constructor(path: string, memory: ControlMemory, capacity: number, checksumSeed: number) {
    this.path = path;
    this.capacity = capacity;
    this.versionView = memory.plainViewOf(VERSION_OFFSET);
    this.#memory = memory;
    this.#checksumSeed = checksumSeed;
  }

  /** Whether the newest version is another than `version`. Tens of nanoseconds. */
  changedSince(version: number): boolean {
    return this.versionWord() !== version;
  }

  /**
   * Loads the newest version; 0 before the first commit. ACQUIRE: pairs with the release in `publish`.
   * @throws `ERR_REGION_CORRUPT` when the word holds no version.
   */
  version(): number {
    const version = this.versionWord();
    if (Number.isSafeInteger(version) && version >= 0) return version;
    throw corrupt(this.path, 'its version word holds no version');
  }

  /** Loads the version word, whatever it holds, atomically; NaN after `close`. */
  versionWord(): number {
    if (this.#memory.closed) return Number.NaN;
    const word = this.#memory.loadNumber(VERSION_OFFSET);
    return this.#presumed.length > 0 && this.#presumed[0].version > word ? this.#presumed[0].version : word;
  }

  /**
   * Counts `commits`, newest first, as published from now on, in this process only: a disk kept them, and no master has restored them yet. Until one
   * has, each hot check is an atomic one.
   */
  presume(commits: readonly Commit[]): void {
    this.#presumed = commits;
  }

  /**
   * Copies the record in the slot of `version`; undefined when the slot did not hold that version, whole. The caller loads
   * the version again to know whether that can be the writer's doing.
   */
  read(version: number): Commit | undefined {
    const presumed = this.#presumed.find((commit) => commit.version === version);
    if (presumed !== undefined) return presumed;
    this.#memory.loadRecord(this.#offsetOf(version));
    return decodeRecord(this.#checksumSeed, version);
  }

  /** Makes `commit` the newest version (I2). RELEASE: what the writer stored before is visible to every reader that loads the new version. */
  publish(commit: Commit): void {
    this.restore(commit);
    failpoint('publish:record');
    this.#memory.storeNumber(VERSION_OFFSET, commit.version);
    failpoint('publish:version');
  }

  /** Writes the record of a version that is published already, and that the disk may have lost. */
  restore(commit: Commit): void {
    encodeRecord(commit, this.#checksumSeed);
    this.#memory.storeRecord(this.#offsetOf(commit.version), 'publish:half-record');
  }

  #offsetOf(version: number): number {
    return RING_OFFSET + (version % this.capacity) * RECORD_BYTES;
  }
}
