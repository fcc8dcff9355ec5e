/**
 * The memory of a control file, which master and followers share with no lock between them. Every `Atomics` access of regions is here.
 *
 * Everything that the two sides exchange is stored and loaded with `Atomics`: on ARM a plain store could become visible after a later one, and
 * a plain load could be served before an earlier one. On x86 neither happens, and the same calls cost a little less. `ring.ts` and PROTOCOL.md
 * have the argument that is built on it.
 *
 * JavaScript promises an order only for a SharedArrayBuffer, and few runtimes can make one over foreign memory. What holds is what the engines
 * emit: they compile `Atomics` on any integer array to the machine's sequentially consistent access. All loads are of 64 bits: a hot
 * `Atomics.load` of 32 bits becomes an addition of zero in JavaScriptCore (Bun), which a page that is mapped read-only answers
 * with SIGSEGV; and a record takes half as many. It is stored in the same pieces as it is loaded.
 */
import type { Mapping } from '../../system/contract.js';
import { type Failpoint, failpoint } from '../failpoints.js';
import { RECORD_BYTES, STATE_BYTES, STATE_OFFSET } from '../files/layout.js';
import { RECORD_LONGS, recordLongs } from './record.js';

/** Whether the engine executes each load of a typed array where the program has it: V8 does, JavaScriptCore lifts them out of loops. */
const KEEPS_PLAIN_LOADS = process.versions.bun === undefined;

export class ControlMemory {
  readonly #mapping: Mapping;
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;
  /** Whether the mapping is a copy of the file, and has to be brought up to date. */
  readonly #isCopy: boolean;
  #closed = false;

  /** Takes over `mapping`, which covers the whole control file. */
  constructor(mapping: Mapping) {
    this.#mapping = mapping;
    this.#isCopy = !mapping.shared;
    this.#words = new Int32Array(mapping.buffer);
    this.#longs = new BigInt64Array(mapping.buffer);
  }

  /** Whether `close` was called: every load throws then (I18). */
  get closed(): boolean {
    return this.#closed;
  }

  /** Returns an array whose element 0 is the float64 at `offset`, for plain loads; NaN forever where those would not see each store. */
  plainViewOf(offset: number): Float64Array {
    const isLive = !this.#isCopy && KEEPS_PLAIN_LOADS;
    return isLive ? new Float64Array(this.#mapping.buffer, offset, 1) : Float64Array.of(Number.NaN);
  }

  /** Loads the float64 at `offset` in one piece. ACQUIRE. */
  loadNumber(offset: number): number {
    if (this.#closed) throw readAfterClose();
    if (this.#isCopy) this.#mapping.pull(offset, 8);
    bits[0] = Atomics.load(this.#longs, offset >> 3);
    return bitsAsNumber[0];
  }

  /** Stores the float64 at `offset` in one piece. RELEASE. */
  storeNumber(offset: number, value: number): void {
    bitsAsNumber[0] = value;
    Atomics.store(this.#longs, offset >> 3, bits[0]);
    if (this.#isCopy) this.#mapping.push(offset, 8);
  }

  /** Copies the 64 bytes at `offset` to `recordLongs`, in eight pieces. */
  loadRecord(offset: number): void {
    if (this.#closed) throw readAfterClose();
    if (this.#isCopy) this.#mapping.pull(offset, RECORD_BYTES);
    const first = offset >> 3;
    for (let i = 0; i < RECORD_LONGS; i++) recordLongs[i] = Atomics.load(this.#longs, first + i);
  }

  /** Stores `recordLongs` in the 64 bytes at `offset`, in eight pieces; `half` is the failpoint between the fourth and the fifth. */
  storeRecord(offset: number, half: Failpoint): void {
    const first = offset >> 3;
    for (let i = 0; i < RECORD_LONGS / 2; i++) Atomics.store(this.#longs, first + i, recordLongs[i]);
    failpoint(half);
    for (let i = RECORD_LONGS / 2; i < RECORD_LONGS; i++) Atomics.store(this.#longs, first + i, recordLongs[i]);
    if (this.#isCopy) this.#mapping.push(offset, RECORD_BYTES);
  }

  /** Stores zeros in the 64 bytes at `offset`. */
  eraseRecord(offset: number): void {
    for (let i = 0; i < RECORD_LONGS; i++) Atomics.store(this.#longs, (offset >> 3) + i, 0n);
    if (this.#isCopy) this.#mapping.push(offset, RECORD_BYTES);
  }

  /** Brings the state of the region up to date, then loads a word of it: the first of those that belong together. */
  loadStateWord(word: number): number {
    if (this.#isCopy) this.pullState();
    if (this.#closed) throw readAfterClose();
    bits[0] = Atomics.load(this.#longs, word >> 1);
    return bitsAsWords[word & 1];
  }

  /** Loads the 32-bit word with this index. */
  loadWord(word: number): number {
    if (this.#closed) throw readAfterClose();
    bits[0] = Atomics.load(this.#longs, word >> 1);
    return bitsAsWords[word & 1];
  }

  storeWord(word: number, value: number): void {
    Atomics.store(this.#words, word, value);
  }

  /** Loads the float64 that begins at a word, in two pieces. */
  loadWordPair(word: number): number {
    halves[0] = this.loadWord(word);
    halves[1] = this.loadWord(word + 1);
    return halvesAsNumber[0];
  }

  storeWordPair(word: number, value: number): void {
    halvesAsNumber[0] = value;
    Atomics.store(this.#words, word, halves[0]);
    Atomics.store(this.#words, word + 1, halves[1]);
  }

  /** Sets or clears the bits `flag` of a word, and leaves the others. */
  setFlag(word: number, flag: number, isSet: boolean): void {
    if (isSet) Atomics.or(this.#words, word, flag);
    else Atomics.and(this.#words, word, ~flag);
  }

  /** Stores `replacement` in a word that holds `expected`. */
  replaceWord(word: number, expected: number, replacement: number): void {
    Atomics.compareExchange(this.#words, word, expected, replacement);
  }

  /** Changes the 32-bit word at `offset`; who waits for it is not woken yet. RELEASE. */
  changeWord(offset: number): void {
    Atomics.add(this.#words, offset >> 2, 1);
  }

  /** Wakes the processes that wait for the word at `offset`, and those that watch the file `fd`, if it is not -1. Returns whether that was costly. */
  wake(offset: number, fd: number, atMs: number): boolean {
    return this.#mapping.wake(offset, fd, atMs);
  }

  /** Brings the state of the region up to date; nothing to do over real mappings. */
  pullState(): void {
    if (this.#isCopy) this.#mapping.pull(STATE_OFFSET, STATE_BYTES);
  }

  /** Brings what was stored in the state of the region to the file; nothing to do over real mappings. */
  pushState(): void {
    if (this.#isCopy) this.#mapping.push(STATE_OFFSET, STATE_BYTES);
  }

  /** Unmaps. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#mapping.close();
  }
}

function readAfterClose(): Error {
  return new Error('jsonmmap: internal error, please report it: a control file is read that has been closed');
}

/** Blocks this thread for `durationMs`. */
export function sleepMs(durationMs: number): void {
  Atomics.wait(sleeper, 0, 0, durationMs);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const bits = new BigInt64Array(1);
const bitsAsNumber = new Float64Array(bits.buffer);
const bitsAsWords = new Int32Array(bits.buffer);
const halves = new Int32Array(2);
const halvesAsNumber = new Float64Array(halves.buffer);
