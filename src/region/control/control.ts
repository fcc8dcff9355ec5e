/**
 * The mapped control file: version word, state, commit ring. The only module that uses `Atomics`.
 *
 * Followers and master share this memory with no lock between them. Four rules make that right; PROTOCOL.md has the proofs.
 *
 * 1. Everything the two sides exchange here is stored and loaded with `Atomics`. A record is written piece by piece, then the
 *    version word: on ARM a plain store could become visible after a later one, and a plain load could be served before
 *    an earlier one; on x86 neither happens, and the same calls cost a little less. The nodes of a segment are plain
 *    stores before, and plain loads after, the version word, which is what release and acquire order.
 * 2. The writer of version v overwrites the record of v - capacity while the version word still says v - 1 (I3). A record that was
 *    read whole is therefore whole in itself if the version word, loaded again afterwards, is less than capacity - 1 ahead.
 * 3. The version word is a float64 that holds an integer below 2^53: one aligned load, no wrap-around, no BigInt to allocate.
 * 4. The check on the hot path is a plain load of it, `glance[0]`, compared with the version that the reader has. It may be served late,
 *    never wrongly: the word only ever holds versions. "Equal" returns what the reader has; "different" leads to `changedSince`
 *    and an acquire with `Atomics`, so nothing is read through the plain load but the fact of a change. The reader keeps the
 *    array itself: each object on the way to it would cost as much as the check. A compiler may lift a plain load out of
 *    a loop that does nothing else; V8 does not (a test polls that way), elsewhere every look is an atomic one.
 *
 * JavaScript promises this only for a SharedArrayBuffer, and Node-API cannot make one over foreign memory. What holds is what the engines
 * emit: they compile `Atomics` on any integer array to the machine's sequentially consistent access. All loads are of 64 bits: a hot
 * `Atomics.load` of 32 bits becomes an addition of zero in JavaScriptCore (Bun), which a page that is mapped read-only answers
 * with SIGSEGV; and a record goes in half as many. It is stored in the same pieces as it is loaded.
 */
import { assert } from '../../errors.js';
import type { Mapping } from '../../system/contract.js';
import type { Holding } from '../../system/process.js';
import { corrupt } from '../errors.js';
import { type Failpoint, failpoint } from '../failpoints.js';
import type { FileHeader } from '../files/header.js';
import * as layout from '../files/layout.js';
import { type Commit, decodeRecord, encodeRecord, RECORD_LONGS, recordLongs } from './record.js';

/** Who holds a region, as its control file names them. */
export interface Holder extends Holding {
  readonly lockKind: number;
}

/** Whether the engine executes each load of a typed array where the program has it: V8 does, JavaScriptCore lifts them out of loops. */
const KEEPS_PLAIN_LOADS = process.versions.bun === undefined;

const HOLDER_TRIES = 100;
const VERSION_INDEX = layout.VERSION_OFFSET / 8;

export class Control {
  readonly path: string;
  readonly header: FileHeader;
  readonly capacity: number;
  /** Element 0 is the version word for plain loads (rule 4), or NaN where only `changedSince` can tell. Says nothing after `close`. */
  readonly glance: Float64Array;
  readonly #mapping: Mapping;
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;
  readonly #checksumSeed: number;
  #presumed: readonly Commit[] = [];
  #closed = false;

  /** Takes over `mapping`, which covers the whole of the control file with this header. */
  constructor(path: string, header: FileHeader, mapping: Mapping) {
    this.path = path;
    this.header = header;
    this.capacity = header.number;
    this.#mapping = mapping;
    this.#words = new Int32Array(mapping.buffer);
    this.#longs = new BigInt64Array(mapping.buffer);
    this.#checksumSeed =
      Number.parseInt(header.instance.slice(0, 8), 16) ^ Number.parseInt(header.instance.slice(8), 16);
    const canGlance = mapping.shared && KEEPS_PLAIN_LOADS;
    this.glance = canGlance ? new Float64Array(mapping.buffer, layout.VERSION_OFFSET, 1) : Float64Array.of(Number.NaN);
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

  /** Loads the version word as it is, atomically; NaN after `close`. */
  versionWord(): number {
    if (this.#closed) return Number.NaN;
    this.#mapping.pull(layout.VERSION_OFFSET, 8);
    bits[0] = Atomics.load(this.#longs, VERSION_INDEX);
    const word = bitsAsDouble[0];
    return this.#presumed.length > 0 && this.#presumed[0].version > word ? this.#presumed[0].version : word;
  }

  /**
   * Takes `commits`, newest first, for published from now on, here only: what a disk kept, and no master has restored yet. Until one has,
   * each hot check is an atomic one.
   */
  presume(commits: readonly Commit[]): void {
    this.#presumed = commits;
  }

  /**
   * Copies the record in the slot of `version`; undefined when what it held then was not that version, whole. The caller loads
   * the version again to know whether that can be the writer's doing.
   */
  readRecord(version: number): Commit | undefined {
    const presumed = this.#presumed.find((commit) => commit.version === version);
    return presumed ?? this.#loadRecord(this.#firstLongOf(version), version);
  }

  /** Makes `commit` the newest version (I2). RELEASE: what the writer stored before is visible to whoever loads the new version. */
  publish(commit: Commit): void {
    this.#storeRecord(this.#firstLongOf(commit.version), commit, 'publish:half-record');
    failpoint('publish:record');
    bitsAsDouble[0] = commit.version;
    Atomics.store(this.#longs, VERSION_INDEX, bits[0]);
    this.#mapping.push(layout.VERSION_OFFSET, 8);
    failpoint('publish:version');
  }

  /** Writes the record of a version that stands already, and that the disk may have lost. */
  restoreRecord(commit: Commit): void {
    this.#storeRecord(this.#firstLongOf(commit.version), commit, 'publish:half-record');
  }

  /** Copies the anchor `index`; undefined when it is none, or not whole. */
  readAnchor(index: number): Commit | undefined {
    const commit = this.#loadRecord(firstLongOfAnchor(index));
    return commit !== undefined && commit.version > 0 && commit.version % layout.ANCHORS === index ? commit : undefined;
  }

  /** Writes `commit` over the anchor of the version before the last one (I14). */
  storeAnchor(commit: Commit): void {
    this.#storeRecord(firstLongOfAnchor(commit.version % layout.ANCHORS), commit, 'anchor:half');
    failpoint('anchor:stored');
  }

  eraseAnchors(): void {
    for (let index = 0; index < layout.ANCHORS; index++) {
      const first = firstLongOfAnchor(index);
      for (let i = 0; i < RECORD_LONGS; i++) Atomics.store(this.#longs, first + i, 0n);
      this.#mapping.push(first * 8, layout.RECORD_BYTES);
    }
  }

  /** Whether each version is anchored before it is published, so that it survives power loss. */
  get durable(): boolean {
    return this.#flag(layout.FLAG_DURABLE);
  }

  set durable(durable: boolean) {
    if (durable) Atomics.or(this.#words, layout.FLAGS_WORD, layout.FLAG_DURABLE);
    else Atomics.and(this.#words, layout.FLAGS_WORD, ~layout.FLAG_DURABLE);
    this.#pushState();
  }

  /** The boot in which a master last brought ring and version word up to the anchors. */
  get restoredIn(): number {
    this.#pullState();
    return this.#loadDouble(layout.BOOT_WORD);
  }

  set restoredIn(boot: number) {
    this.#pullState();
    this.#storeDouble(layout.BOOT_WORD, boot);
    this.#pushState();
  }

  /** Who claims to hold the region; undefined when nobody does. A dead holder still stands here. */
  holder(): Holder | undefined {
    for (let tries = 0; tries < HOLDER_TRIES; tries++) {
      this.#pullState();
      const pid = this.#load(layout.PID_WORD);
      if (pid === 0) return undefined;
      const startTime = this.#loadDouble(layout.START_WORD);
      const lockKind = this.#load(layout.LOCK_KIND_WORD);
      const namespace = this.#load(layout.NAMESPACE_WORD) >>> 0;
      if (this.#load(layout.PID_WORD) === pid) return { pid, startTime, lockKind, namespace };
    }
    throw corrupt(this.path, 'the master that it names changes all the time');
  }

  /** Names the new holder and returns the epoch of its claim: as long as it stands, nobody has claimed the region since. */
  claim(holder: Holder): number {
    this.#pullState();
    const epoch = (this.#load(layout.EPOCH_WORD) + 1) | 0;
    Atomics.store(this.#words, layout.PID_WORD, 0);
    failpoint('takeover:half-claimed');
    this.#storeDouble(layout.START_WORD, holder.startTime);
    Atomics.store(this.#words, layout.LOCK_KIND_WORD, holder.lockKind);
    Atomics.store(this.#words, layout.NAMESPACE_WORD, holder.namespace);
    Atomics.store(this.#words, layout.EPOCH_WORD, epoch);
    Atomics.store(this.#words, layout.PID_WORD, holder.pid);
    this.#pushState();
    return epoch;
  }

  /** Takes back the claim `epoch` of `pid`, unless somebody has claimed the region since. */
  release(epoch: number, pid: number): void {
    if (this.epoch() !== epoch) return;
    Atomics.compareExchange(this.#words, layout.PID_WORD, pid, 0);
    this.#pushState();
  }

  epoch(): number {
    this.#pullState();
    return this.#load(layout.EPOCH_WORD);
  }

  isRemoved(): boolean {
    return this.#flag(layout.FLAG_REMOVED);
  }

  markRemoved(): void {
    Atomics.or(this.#words, layout.FLAGS_WORD, layout.FLAG_REMOVED);
    this.#pushState();
  }

  /** How many of the newest versions the master keeps readable. */
  get history(): number {
    this.#pullState();
    return this.#load(layout.HISTORY_WORD);
  }

  set history(versions: number) {
    this.#pullState();
    Atomics.store(this.#words, layout.HISTORY_WORD, versions);
    this.#pushState();
  }

  /** Unmaps; any later access to the memory throws (I18). Idempotent. */
  close(): void {
    this.#closed = true;
    this.#mapping.close();
  }

  #load(word: number): number {
    assert(!this.#closed, 'a control file is read that has been closed');
    bits[0] = Atomics.load(this.#longs, word >> 1);
    return bitsAsWords[word & 1];
  }

  #loadDouble(word: number): number {
    halves[0] = this.#load(word);
    halves[1] = this.#load(word + 1);
    return halvesAsDouble[0];
  }

  #storeDouble(word: number, value: number): void {
    halvesAsDouble[0] = value;
    Atomics.store(this.#words, word, halves[0]);
    Atomics.store(this.#words, word + 1, halves[1]);
  }

  #flag(flag: number): boolean {
    this.#pullState();
    return (this.#load(layout.FLAGS_WORD) & flag) !== 0;
  }

  #loadRecord(first: number, version?: number): Commit | undefined {
    assert(!this.#closed, 'a control file is read that has been closed');
    this.#mapping.pull(first * 8, layout.RECORD_BYTES);
    for (let i = 0; i < RECORD_LONGS; i++) recordLongs[i] = Atomics.load(this.#longs, first + i);
    return decodeRecord(this.#checksumSeed, version);
  }

  #storeRecord(first: number, commit: Commit, half: Failpoint): void {
    encodeRecord(commit, this.#checksumSeed);
    for (let i = 0; i < RECORD_LONGS / 2; i++) Atomics.store(this.#longs, first + i, recordLongs[i]);
    failpoint(half);
    for (let i = RECORD_LONGS / 2; i < RECORD_LONGS; i++) Atomics.store(this.#longs, first + i, recordLongs[i]);
    this.#mapping.push(first * 8, layout.RECORD_BYTES);
  }

  #firstLongOf(version: number): number {
    return (layout.RING_OFFSET + (version % this.capacity) * layout.RECORD_BYTES) / 8;
  }

  #pullState(): void {
    this.#mapping.pull(layout.STATE_OFFSET, layout.STATE_BYTES);
  }

  #pushState(): void {
    this.#mapping.push(layout.STATE_OFFSET, layout.STATE_BYTES);
  }
}

function firstLongOfAnchor(index: number): number {
  return (layout.ANCHOR_OFFSET + index * layout.ANCHOR_STRIDE) / 8;
}

/** Blocks this thread for `durationMs`. */
export function sleepMs(durationMs: number): void {
  Atomics.wait(sleeper, 0, 0, durationMs);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const bits = new BigInt64Array(1);
const bitsAsDouble = new Float64Array(bits.buffer);
const bitsAsWords = new Int32Array(bits.buffer);
const halves = new Int32Array(2);
const halvesAsDouble = new Float64Array(halves.buffer);
