/** The materialized document of a master, brought up to date when it is asked for. */

import { refresh } from '../format/compare/refresh.js';
import type { Slot } from '../format/read/lookup.js';
import { materialize } from '../format/read/materialize.js';
import type { Reader } from '../format/read/reader.js';

/** A materialized value and where it was read. */
interface Materialized {
  readonly reader: Reader;
  readonly root: Slot;
  readonly value: unknown;
}

/** Keeps the objects of unchanged parts from one state of the document to the next. */
export class CurrentDocument {
  #committed: Materialized | undefined;
  /** Of a state that is not committed: a rollback hands its bytes to others, so it must be forgotten then. */
  #pending: Materialized | undefined;

  /** Returns the document at `root`; `pending` says that it is not committed. O(width of what changed), O(document) the first time. */
  at(reader: Reader, root: Slot | undefined, pending: boolean): unknown {
    if (root === undefined) return undefined;
    const document = broughtTo(this.#pending ?? this.#committed, reader, root);
    this.#committed = pending ? this.#committed : document;
    this.#pending = pending ? document : undefined;
    return document.value;
  }

  /** Goes over to `reader` with what has been materialized, before the segment that it was read from is unmapped. */
  moveTo(reader: Reader, root: Slot): void {
    if ((this.#pending ?? this.#committed) !== undefined) this.at(reader, root, true);
  }

  /** What was pending is committed. */
  commit(): void {
    this.#committed = this.#pending ?? this.#committed;
    this.#pending = undefined;
  }

  forgetPending(): void {
    this.#pending = undefined;
  }
}

function broughtTo(before: Materialized | undefined, reader: Reader, root: Slot): Materialized {
  if (before === undefined) return { reader, root, value: materialize(reader, root.lo, root.hi) };
  if (before.reader === reader && before.root.lo === root.lo && before.root.hi === root.hi) return before;
  const value = refresh({ reader: before.reader, ...before.root }, before.value, { reader, ...root });
  return { reader, root, value };
}
