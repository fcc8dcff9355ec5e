/** The document at one version. */

import type { Place } from '../format/compare/place.js';
import { refresh } from '../format/compare/refresh.js';
import type { Immutable } from '../format/immutable.js';
import { type Path, tokensOf } from '../format/pointer.js';
import { keysAt, type Slot, sizeAt, slotAt, valueAt } from '../format/read/lookup.js';
import { materialize } from '../format/read/materialize.js';
import type { Reader } from '../format/read/reader.js';
import { viewOf } from '../format/read/view.js';
import type { Commit } from '../region/record.js';

/**
 * Many reads of one version: nothing that the master does changes what a snapshot says, and it stays valid, its memory mapped, for as long as it
 * is referenced.
 */
export class Snapshot<T = unknown> {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  readonly #reader: Reader;
  readonly #root: Slot;
  /** The version before this one that was materialised, to take unchanged parts from. */
  #base: Snapshot<T> | undefined;
  /** Undefined until asked for: no document is undefined. */
  #current: unknown;
  #view: unknown;

  /** @internal */
  constructor(commit: Commit, reader: Reader, base?: Snapshot<T>) {
    this.version = commit.version;
    this.committedAt = commit.committedAt;
    this.#reader = reader;
    this.#root = { lo: commit.rootLo, hi: commit.rootHi };
    this.#base = base?.materialised;
  }

  /** The document as plain frozen data, with the objects of the version before wherever nothing changed. O(document) the first time, later O(width of what changed). */
  get current(): Immutable<T> {
    if (this.#current === undefined) this.#current = this.#materialise();
    return this.#current as Immutable<T>;
  }

  /** The document as lazy objects: costs only what is touched. */
  get view(): Immutable<T> {
    if (this.#view === undefined) this.#view = viewOf(this.#reader, this.#root.lo, this.#root.hi);
    return this.#view as Immutable<T>;
  }

  /** Returns the value at `path`, frozen; undefined where it does not exist. O(depth) plus the size of the value. @throws `ERR_PATH_INVALID` */
  get(path: Path): unknown {
    return valueAt(this.#reader, this.#root, tokensOf(path));
  }

  /** Whether `path` exists. O(depth). */
  has(path: Path): boolean {
    return slotAt(this.#reader, this.#root, tokensOf(path)) !== undefined;
  }

  /** Returns the keys of the object, or the indexes of the array, at `path`; none where neither is. */
  keys(path: Path = ''): string[] {
    return keysAt(this.#reader, this.#root, tokensOf(path));
  }

  /** Returns the number of entries or elements at `path`; 0 where no container is. */
  size(path: Path = ''): number {
    return sizeAt(this.#reader, this.#root, tokensOf(path));
  }

  /** Where the value at `tokens` stands; undefined when nothing does. @internal */
  place(tokens: readonly string[]): Place | undefined {
    const slot = slotAt(this.#reader, this.#root, tokens);
    return slot && { reader: this.#reader, lo: slot.lo, hi: slot.hi };
  }

  /** This, if `current` has been made; else the last version before of which it was. @internal */
  get materialised(): Snapshot<T> | undefined {
    return this.#current === undefined ? this.#base : this;
  }

  #materialise(): unknown {
    const base = this.#base;
    this.#base = undefined;
    const to = { reader: this.#reader, ...this.#root };
    if (base === undefined || base.#current === undefined) return materialize(to.reader, to.lo, to.hi);
    return refresh({ reader: base.#reader, ...base.#root }, base.#current, to);
  }
}
