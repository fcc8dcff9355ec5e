/**
 * From slots to plain frozen objects, children first. An object of a shape that is met often is made by a generated constructor, which asks for
 * each value in turn (`construct.ts`); strings are made by the piece (`bulk-strings.ts`).
 */

import { corrupt } from '../corrupt.js';
import { ELEMENTS_MAX, OBJECT_KEYS_MAX, tooLarge } from '../engine-limits.js';
import {
  ARRAY_SLOTS,
  isContainer,
  isString,
  OBJECT_SLOTS,
  SHARED_LEAF_MAX,
  TAGGED,
  TAGGED_SHIFT,
  Tag,
  tagOf,
} from '../layout.js';
import { lengthOfIndex, visitLeaves } from './array-index.js';
import { MakingBudget } from './budget.js';
import { BulkStrings } from './bulk-strings.js';
import { constructFrom, constructObject, constructWide, type ValueSource } from './construct.js';
import { containersBelow } from './deep.js';
import { orderedEntries } from './entries.js';
import { plainLeaf } from './leaf.js';
import type { Reader } from './reader.js';
import { constantOf, readScalar } from './scalar.js';

/** Returns the value of a slot: plain data, frozen in depth. O(size of the subtree). @throws `ERR_REGION_CORRUPT` */
export function materialize(reader: Reader, lo: number, hi: number): unknown {
  if (!isContainer(hi)) return readScalar(reader, lo, hi);
  const leaf = tagOf(hi) === Tag.OBJECT ? plainLeaf(reader, lo) : undefined;
  if (leaf !== undefined) return leaf;
  return new Materialization(reader).container(lo, tagOf(hi), reader.end);
}

const EMPTY_ARRAY: readonly unknown[] = Object.freeze([]);
const LEAF_LINES = 8192;
/** Used until a value is large enough for a table of leaves to pay. */
const NO_LEAVES = emptyLeaves();
const CONTAINERS_BEFORE_LEAVES = 64;
/** Deeper values are made one level at a time, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 100;

export class Materialization implements ValueSource {
  readonly reader: Reader;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #strings: BulkStrings;
  /** The values of arrays and large objects under way. */
  readonly #values: unknown[] = [];
  #top = 0;
  #depth = 0;
  #containers = 0;
  /** Those of the container that was begun last. */
  #slots = 0;
  /**
   * Leaves made recently, by the low bits of their unit: slots that share a node get one object. Once there are enough of them to pay. No
   * `DirectMapped`: neighbours in the segment are asked for together and have neighbouring lines here, and spread over all of them they take
   * 4 to 7 % longer.
   */
  #leafUnits = NO_LEAVES;
  #leafValues: unknown[] = [];
  /** What was made already of values that are deeper than the recursion. */
  #deep: Map<number, unknown> | undefined;
  readonly #budget: MakingBudget;

  /** @param budget Given where the values that are made are parts of one traversal. */
  constructor(reader: Reader, budget = new MakingBudget(reader)) {
    const { segment } = reader;
    this.reader = reader;
    this.#i32 = segment.i32;
    this.#f64 = segment.f64;
    this.#strings = new BulkStrings(segment, budget.strings);
    this.#budget = budget;
  }

  /** Returns the value of a slot outside any node. */
  slot(lo: number, hi: number): unknown {
    if (isContainer(hi)) return this.container(lo, tagOf(hi), this.reader.end);
    return isString(hi) ? this.#strings.read(lo, hi) : readScalar(this.reader, lo, hi);
  }

  /** Returns the value of the slot at `word`, of a node at unit `before`. */
  value(word: number, before: number): unknown {
    const hi = this.#i32[word + 1];
    if (hi >>> TAGGED_SHIFT !== TAGGED) {
      const number = this.#f64[word >> 1];
      if (number - number !== 0) throw corrupt('a number is not finite'); // judged itself: its owner may write meanwhile
      return number;
    }
    const lo = this.#i32[word];
    const tag = tagOf(hi);
    switch (tag) {
      case Tag.INTEGER:
        return lo;
      case Tag.CONSTANT:
        return constantOf(lo);
      case Tag.OBJECT:
      case Tag.ARRAY:
      case Tag.LARGE_OBJECT:
      case Tag.LARGE_ARRAY:
        return this.container(lo, tag, before);
      default:
        return this.#strings.read(lo, hi);
    }
  }

  /** Returns the value of the container at `unit`, which a slot with `tag` names from before unit `before`. */
  container(unit: number, tag: number, before: number): unknown {
    const order = ++this.#containers;
    const line = unit & (LEAF_LINES - 1);
    if (this.#leafUnits[line] === unit) return this.#leafValues[line];
    const known = this.#budget.leaves?.get(unit);
    if (known !== undefined) return known;
    if (order === CONTAINERS_BEFORE_LEAVES) this.#rememberLeaves();
    if (this.#depth === RECURSION_MAX) return this.#beyond(unit, tag, before);
    this.#depth++;
    const value = this.#make(unit, tag, before);
    this.#depth--;
    if (this.#containers === order && this.#slots <= SHARED_LEAF_MAX) this.#rememberLeaf(unit, value);
    return value;
  }

  /** Makes what lies below the recursion from the bottom up: a node stands behind all that it refers to, so the order of units will do. */
  #beyond(unit: number, tag: number, before: number): unknown {
    if (unit >= before || this.#deep?.has(unit) === false) throw corrupt('a container lies before what it refers to');
    if (this.#deep !== undefined) return this.#deep.get(unit);
    const made = new Map<number, unknown>();
    this.#deep = made;
    for (const [at, its] of containersBelow(this.reader, unit, tag, this.#budget.strings)) {
      made.set(at, this.#budget.leaves?.get(at) ?? this.#made(at, its));
    }
    this.#deep = undefined;
    return made.get(unit);
  }

  /** Makes a container of which all that is in it has been made. */
  #made(unit: number, tag: number): unknown {
    const order = this.#containers;
    const value = this.#make(unit, tag, this.reader.end);
    if (this.#containers === order && this.#slots <= SHARED_LEAF_MAX) this.#rememberLeaf(unit, value);
    return value;
  }

  /** Keeps what was made of a container that several slots may name. */
  #rememberLeaf(unit: number, value: unknown): void {
    this.#budget.leaves?.set(unit, value);
    if (this.#leafUnits === NO_LEAVES) return;
    this.#leafUnits[unit & (LEAF_LINES - 1)] = unit;
    this.#leafValues[unit & (LEAF_LINES - 1)] = value;
  }

  #make(unit: number, tag: number, before: number): unknown {
    switch (tag) {
      case Tag.OBJECT:
        return this.#object(unit, before);
      case Tag.ARRAY:
        return this.#array(unit, before);
      case Tag.LARGE_OBJECT:
        return this.#largeObject(unit, before);
      default:
        return this.#largeArray(unit, before);
    }
  }

  #object(unit: number, before: number): object {
    const shape = this.reader.shapeOf(unit, before);
    this.#slots = shape.keys.length;
    this.#budget.take(this.#slots);
    return constructObject(shape, this, unit * 2 + OBJECT_SLOTS, unit);
  }

  #array(unit: number, before: number): readonly unknown[] {
    const count = this.reader.elementsOf(unit, before);
    this.#slots = count;
    this.#budget.take(this.#slots);
    const word = unit * 2 + ARRAY_SLOTS;
    if (count === 0) return EMPTY_ARRAY;
    if (count === 1) return Object.freeze([this.value(word, unit)]);
    if (count === 2) return Object.freeze([this.value(word, unit), this.value(word + 2, unit)]);
    const base = this.#top;
    this.#push(word, count, unit);
    return Object.freeze(this.#popFrom(base));
  }

  #largeArray(unit: number, before: number): readonly unknown[] {
    const length = lengthOfIndex(this.reader, unit, before);
    if (this.#top + length > ELEMENTS_MAX) throw tooLarge(`an array of ${length} elements`, ELEMENTS_MAX);
    this.#slots = length;
    this.#budget.take(this.#slots);
    const base = this.#top;
    visitLeaves(this.reader, unit, length, (leaf, count) => this.#push(leaf * 2 + ARRAY_SLOTS, count, leaf), before);
    return Object.freeze(this.#popFrom(base));
  }

  #wideObject(unit: number): object {
    const { shape, values } = this.reader.wideOf(unit);
    const length = shape.keys.length;
    this.#slots = length;
    this.#budget.take(this.#slots);
    const base = this.#top;
    visitLeaves(this.reader, values, length, (leaf, count) => this.#push(leaf * 2 + ARRAY_SLOTS, count, leaf), unit);
    const object = constructWide(shape, this.#values, base);
    this.#top = base;
    return object;
  }

  /** The values come first and the object in one go: a growing object of many keys would be looked through by each garbage collection. */
  #largeObject(unit: number, before: number): object {
    if (this.reader.isWide(unit, before)) return this.#wideObject(unit);
    const entries = this.reader.entriesOf(unit, before);
    if (entries > OBJECT_KEYS_MAX) throw tooLarge(`an object of ${entries} keys`, OBJECT_KEYS_MAX);
    this.#slots = entries;
    this.#budget.take(this.#slots);
    const { keys, words } = orderedEntries(this.reader, unit, before, this.#budget.strings);
    const base = this.#top;
    for (const word of words) this.#push(word, 1, unit);
    const object = constructFrom(keys, this.#values, base);
    this.#top = base;
    return object;
  }

  /** Makes the values of `count` slots, of a node at `unit`, and puts them on the stack: it is as before while each is being made. */
  #push(start: number, count: number, unit: number): void {
    for (let i = 0, word = start; i < count; i++, word += 2) {
      const value = this.value(word, unit);
      this.#values[this.#top++] = value;
    }
  }

  #popFrom(base: number): unknown[] {
    const values = this.#values.slice(base, this.#top);
    this.#top = base;
    return values;
  }

  #rememberLeaves(): void {
    this.#leafUnits = emptyLeaves();
    this.#leafValues = new Array(LEAF_LINES).fill(undefined);
  }
}

/** A table of leaves with nothing in it: not even unit 0, which no leaf has, in line 0. */
function emptyLeaves(): Int32Array {
  const units = new Int32Array(LEAF_LINES);
  units[0] = -1;
  return units;
}
