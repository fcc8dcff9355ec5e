/** One version as a follower works with it: what `Snapshot` is for programs, without the lease. Its users hold it. */
import { adopt } from '../format/compare/adopt.js';
import { refresh } from '../format/compare/refresh.js';
import type { ValueRef } from '../format/compare/value-ref.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { keysAt, type Slot, sizeAt, slotAt, valueAtPath } from '../format/read/lookup.js';
import { materialize } from '../format/read/materialize.js';
import { Reader } from '../format/read/reader.js';
import { viewOf } from '../format/read/view.js';
import type { Acquired } from '../region/reader.js';
import type { Lease } from '../region/segment/lease.js';
import type { ReadableSegment } from '../region/segment/readable-segment.js';

/** A materialized value, and where it was read. Kept for long, so it refers to nothing that holds memory, as a version with its users may. */
export interface Made {
  readonly segment: ReadableSegment;
  readonly ref: ValueRef;
  readonly value: unknown;
}

/** The segments a process has mapped, each with one reader: its caches are shared by all versions in it. */
const readers = new WeakMap<ReadableSegment, Reader>();

export class Version<T = unknown> {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly segment: ReadableSegment;
  readonly #reader: Reader;
  readonly #root: Slot;
  /** What was materialized before this, to take unchanged parts from. Holds no memory: see `remade`. */
  #base: Made | undefined;
  /** Undefined until asked for: no document is undefined. */
  #current: unknown;

  /** Takes over that `acquired` is held. @param before The version that this one follows. */
  constructor({ commit, segment }: Acquired, before?: Version<T>) {
    this.number = commit.version;
    this.committedAt = commit.committedAt;
    this.segment = segment;
    this.#reader = readerOf(segment);
    this.#root = { lo: commit.rootLo, hi: commit.rootHi };
    this.#base = before?.made;
  }

  /** Keeps its memory until `release` has been called once more. */
  hold(): this {
    this.segment.hold();
    return this;
  }

  release(): void {
    this.segment.release();
  }

  /** Whether its memory is still there, because of any holder. */
  get readable(): boolean {
    return !this.segment.released;
  }

  get current(): Immutable<T> {
    if (this.#current === undefined) this.#current = this.#materialize();
    return this.#current as Immutable<T>;
  }

  /** Returns a view that keeps `lease`, and is not kept here: it must end when the program forgets it, however long this is remembered. */
  view(lease: Lease): Immutable<T> {
    return viewOf(this.#reader, this.#root.lo, this.#root.hi, lease) as Immutable<T>;
  }

  get(path: Path): unknown {
    return valueAtPath(this.#reader, this.#root, path);
  }

  has(path: Path): boolean {
    return slotAt(this.#reader, this.#root, tokensOf(path)) !== undefined;
  }

  keys(path: Path): string[] {
    return keysAt(this.#reader, this.#root, tokensOf(path));
  }

  size(path: Path): number {
    return sizeAt(this.#reader, this.#root, tokensOf(path));
  }

  /** Returns a reference to the value at `tokens`; undefined where it does not exist. */
  valueRef(tokens: readonly string[]): ValueRef | undefined {
    const slot = slotAt(this.#reader, this.#root, tokens);
    return slot && { reader: this.#reader, lo: slot.lo, hi: slot.hi };
  }

  /** This, if `current` has been made; else the last version before of which it was. */
  get made(): Made | undefined {
    if (this.#current === undefined) return this.#base;
    return { segment: this.segment, ref: this.#rootRef(), value: this.#current };
  }

  #materialize(): unknown {
    const base = this.#base;
    this.#base = undefined;
    return remade(base, this.#rootRef());
  }

  #rootRef(): ValueRef {
    return { reader: this.#reader, ...this.#root };
  }
}

/**
 * Returns the value at `ref` with the objects of the one before, wherever they are equal. O(change) while the memory of that one is there, O(value)
 * when it has been given back.
 */
export function remade(before: Made | undefined, ref: ValueRef): unknown {
  if (before === undefined) return materialize(ref.reader, ref.lo, ref.hi);
  if (!before.segment.released) return refresh(before.ref, before.value, ref);
  return adopt(before.value, materialize(ref.reader, ref.lo, ref.hi));
}

function readerOf(segment: ReadableSegment): Reader {
  let reader = readers.get(segment);
  if (reader === undefined) {
    reader = new Reader(segment);
    readers.set(segment, reader);
  }
  return reader;
}
