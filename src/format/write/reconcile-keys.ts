/** Writes an object where one of other keys stands, or of the same in another order. */

import { Tag, tagOf } from '../layout.js';
import { childrenOf } from '../read/children.js';
import { encode } from './encode.js';
import { deleteEntry, setEntry } from './object-edit.js';
import { writeObject } from './object-write.js';
import { Outcome, type Reconciler } from './reconciler.js';

/** Fewer changes than one in this many are edited into a large object one by one; more rewrite it. */
const EDIT_SHARE = 16;

/** What an object becomes. */
export interface Outline {
  readonly keys: readonly string[];
  /** Where in the stack the slots of its values begin. */
  readonly base: number;
  /** Positions in `keys` of values that are new or others than before; new keys stand behind all others. */
  readonly changed: readonly number[];
  /** Keys that are no longer there. */
  readonly removed: readonly string[];
}

export class Merge {
  readonly #run: Reconciler;
  readonly #source: Record<string, unknown>;
  readonly #lo: number;
  readonly #hi: number;
  readonly #depth: number;
  readonly #oldKeys: readonly string[];
  readonly #oldWords: Int32Array;
  readonly #oldPositions: Positions;
  readonly #keys: string[] = [];
  /** For each of `#keys` its position among the old ones; -1 for a new one. */
  readonly #positions: number[] = [];

  constructor(run: Reconciler, source: Record<string, unknown>, lo: number, hi: number, depth: number) {
    this.#run = run;
    this.#source = source;
    this.#lo = lo;
    this.#hi = hi;
    this.#depth = depth;
    const { keys = [], words } = childrenOf(run.writer.reader, lo, hi);
    this.#oldKeys = keys;
    this.#oldWords = words;
    this.#oldPositions = new Positions(keys);
  }

  /**
   * Goes on where the first `kept` keys of `seen` have their slots on the stack, and `next` of them have been looked at. O(size).
   */
  rest(seen: readonly string[], kept: number, next: number): Outcome {
    const { slots } = this.#run;
    const keys = Object.keys(this.#source);
    const base = slots.top - kept * 2;
    // A proxy may list other keys the second time.
    const agrees = seen.slice(0, next).every((key, i) => key === keys[i]);
    if (!agrees) slots.top = base;
    for (const key of keys.slice(0, agrees ? kept : 0)) this.#keep(key, this.#oldPositions.of(key));
    for (const key of keys.slice(agrees ? next : 0)) this.#property(key);
    return this.#write(base);
  }

  #property(key: string): void {
    const run = this.#run;
    const position = this.#oldPositions.of(key);
    const value = this.#source[key];
    if (position >= 0) {
      const word = this.#oldWords[position];
      const outcome = run.property(value, key, word, this.#depth + 1);
      if (outcome === Outcome.ABSENT) return;
      run.push(outcome, word);
    } else {
      if (!encode(run.writer, value, key)) return;
      run.slots.push(run.writer.lo, run.writer.hi);
    }
    this.#keep(key, position);
  }

  #keep(key: string, position: number): void {
    this.#keys.push(key);
    this.#positions.push(position);
  }

  #write(base: number): Outcome {
    const run = this.#run;
    const keys = this.#keys;
    const changed = this.#changed(base);
    const removed = this.#removed();
    const editable = this.#isEditable();
    if (editable && changed.length === 0 && removed.length === 0) return Outcome.SAME;
    const outline = { keys, base, changed, removed };
    if (editable && tagOf(this.#hi) === Tag.LARGE_OBJECT) writeLarge(run, this.#lo, this.#hi, outline);
    else writeObject(run.writer, keys, run.slots.words, base);
    return Outcome.CHANGED;
  }

  #changed(base: number): number[] {
    const { i32 } = this.#run.writer.segment;
    const { words } = this.#run.slots;
    return Array.from(this.#keys.keys()).filter((position) => {
      const oldPosition = this.#positions[position];
      const [word, at] = [this.#oldWords[oldPosition], base + position * 2];
      return oldPosition < 0 || i32[word] !== words[at] || i32[word + 1] !== words[at + 1];
    });
  }

  /** The old keys that are gone, whose values it drops. */
  #removed(): string[] {
    const found = this.#positions.filter((position) => position >= 0);
    if (found.length === this.#oldKeys.length) return [];
    const present = new Set(found);
    const gone = Array.from(this.#oldKeys.keys()).filter((position) => !present.has(position));
    for (const position of gone) this.#run.drop(this.#oldWords[position]);
    return gone.map((position) => this.#oldKeys[position]);
  }

  /** Whether old keys stand in their old order and new ones behind them, where edits put them. */
  #isEditable(): boolean {
    let last = -1;
    return this.#positions.every((position) => {
      const follows = position < 0 || position > last;
      last = position < 0 ? Number.POSITIVE_INFINITY : position;
      return follows;
    });
  }
}

/** Writes a large object over one with nearly the same entries: few changes are edited into it, many rewrite it. */
export function writeLarge(run: Reconciler, lo: number, hi: number, { keys, base, changed, removed }: Outline): void {
  const { writer } = run;
  const { words } = run.slots;
  if ((changed.length + removed.length) * EDIT_SHARE >= keys.length) {
    writeObject(writer, keys, words, base);
    return;
  }
  writer.result(lo, hi);
  for (const key of removed) deleteEntry(writer, writer.lo, writer.hi, key);
  for (const position of changed) {
    const at = base + position * 2;
    setEntry(writer, writer.lo, writer.hi, keys[position], words[at], words[at + 1]);
  }
}

/** Positions of keys, asked for mostly in their own order: a map is made only when they are not. */
class Positions {
  readonly #keys: readonly string[];
  #map: Map<string, number> | undefined;
  #next = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  of(key: string): number {
    if (this.#keys[this.#next] === key) return this.#next++;
    this.#map ??= new Map(this.#keys.map((name, i) => [name, i]));
    const position = this.#map.get(key) ?? -1;
    if (position >= 0) this.#next = position + 1;
    return position;
  }
}
