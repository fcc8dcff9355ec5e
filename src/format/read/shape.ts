/** The key list that objects of one form share, as readers hold it. */

import { corrupt } from '../corrupt.js';
import {
  countOf,
  isString,
  Kind,
  kindOf,
  SHAPE_SLOTS,
  SMALL_OBJECT_MAX,
  shapeBytes,
  UNIT_BYTES,
  WIDE_OBJECT_MAX,
} from '../layout.js';
import type { Segment } from '../segment.js';
import type { IndexReader } from './array-index.js';
import type { Construct, Constructible, ConstructWide } from './construct.js';
import { LongStrings } from './long-strings.js';
import { HASHED_MAX_LENGTH, StringIds } from './string-ids.js';
import { wideWords } from './wide.js';

export class Shape implements Constructible {
  readonly unit: number;
  readonly keys: readonly string[];
  uses = 0;
  /** Set by `construct.ts`. */
  construct: Construct | undefined;
  /** The same for the key list of wide objects. */
  constructWide: ConstructWide | undefined;
  #positions: Map<string, number> | undefined;
  #keyWords: Int32Array | undefined;

  /** @param keyWords Given where the slots of the keys do not lie one behind the other in the node at `unit`. */
  constructor(unit: number, keys: readonly string[], keyWords?: Int32Array) {
    this.unit = unit;
    this.keys = keys;
    this.#keyWords = keyWords;
  }

  /** The word of the slot of each key. */
  get keyWords(): Int32Array {
    this.#keyWords ??= Int32Array.from(this.keys, (_, i) => this.unit * 2 + SHAPE_SLOTS + i * 2);
    return this.#keyWords;
  }

  /** Returns the position of `key`, or -1. O(1). */
  find(key: string): number {
    this.#positions ??= new Map(this.keys.map((name, position) => [name, position]));
    return this.#positions.get(key) ?? -1;
  }

  /** Returns the position of the key that `text` has from `from` to before `to`, or -1. Where keys are few, without a string of its own for the key. */
  findPart(text: string, from: number, to: number): number {
    const { keys } = this;
    if (keys.length > COMPARED_MAX) return this.find(text.slice(from, to));
    for (let i = 0; i < keys.length; i++) if (isPart(keys[i], text, from, to)) return i;
    return -1;
  }
}

/** As many keys are compared sooner than a string is cut out and hashed. */
const COMPARED_MAX = 12;

function isPart(key: string, text: string, from: number, to: number): boolean {
  const { length } = key;
  if (length !== to - from) return false;
  for (let i = 0; i < length; i++) if (key.charCodeAt(i) !== text.charCodeAt(from + i)) return false;
  return true;
}

const RECENT = 512;
/** Keys of wide objects that are kept in any case: so many lists are no burden. */
const WIDE_KEYS_ALWAYS = 64 * WIDE_OBJECT_MAX;

/** The shapes of one segment, each read and checked once. */
export class ShapeCache {
  readonly #segment: Segment;
  #longStrings: LongStrings;
  #ids: StringIds;
  readonly #byUnit = new Map<number, Shape>();
  /** The last ones by the low bits of their unit: found without a map. A shape knows its unit, so it needs no key beside it. */
  readonly #recent: (Shape | undefined)[] = new Array(RECENT).fill(undefined);
  #highest = 0;
  /** The key lists of wide objects, by the unit of the array of keys. */
  readonly #wide = new Map<number, Shape>();
  #wideKeys = 0;
  /** The one that was asked for last. */
  #lastWide: Shape | undefined;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.#longStrings = new LongStrings(segment);
    this.#ids = new StringIds(segment);
  }

  /** Returns the shape at `unit`, which an object node before `before` names. @throws `ERR_REGION_CORRUPT` */
  at(unit: number, before: number): Shape {
    const recent = this.#recent[unit & (RECENT - 1)];
    return recent !== undefined && recent.unit === unit && unit < before ? recent : this.#other(unit, before);
  }

  /** Returns the key list in the array at `unit`, which a wide object before `before` names. @throws `ERR_REGION_CORRUPT` */
  wideAt(reader: IndexReader, unit: number, before: number): Shape {
    const last = this.#lastWide;
    if (last !== undefined && last.unit === unit && unit < before) return last;
    const known = this.#wide.get(unit);
    if (known !== undefined && unit < before) {
      this.#lastWide = known;
      return known;
    }
    const words = wideWords(reader, unit, before);
    const shape = new Shape(unit, readKeys(this.#segment, 0, words, this.#longStrings, this.#ids), words);
    this.#rememberWide(shape);
    return shape;
  }

  /**
   * A version has no more keys in its lists than units, because each wide object has values of its own. So whatever is beyond belongs to versions that
   * have gone, or to hostile bytes, where lists overlap.
   */
  #rememberWide(shape: Shape): void {
    this.#wideKeys += shape.keys.length;
    if (this.#wideKeys > Math.max(this.#segment.limit / UNIT_BYTES, WIDE_KEYS_ALWAYS)) {
      this.#wide.clear();
      this.#wideKeys = shape.keys.length;
    }
    this.#wide.set(shape.unit, shape);
    this.#lastWide = shape;
    this.#highest = Math.max(this.#highest, shape.unit);
  }

  #other(unit: number, before: number): Shape {
    let shape = this.#byUnit.get(unit);
    if (shape === undefined || unit >= before) {
      shape = readShape(this.#segment, unit, before, this.#longStrings, this.#ids);
      this.#byUnit.set(unit, shape);
      this.#highest = Math.max(this.#highest, unit);
    }
    this.#recent[unit & (RECENT - 1)] = shape;
    return shape;
  }

  /** Forgets the shapes at or above `unit`: a master that rolls back writes other nodes there. */
  forgetFrom(unit: number): void {
    if (this.#highest < unit) return;
    for (const known of this.#byUnit.keys()) if (known >= unit) this.#byUnit.delete(known);
    for (const known of this.#wide.keys()) if (known >= unit) this.#wide.delete(known);
    this.#recent.fill(undefined);
    this.#lastWide = undefined;
    this.#highest = unit - 1;
    // They remember strings by their offset, where others will be written, and count what was read.
    this.#longStrings = new LongStrings(this.#segment);
    this.#ids = new StringIds(this.#segment);
  }
}

function readShape(segment: Segment, unit: number, before: number, longStrings: LongStrings, ids: StringIds): Shape {
  const { i32 } = segment;
  const word = unit * 2;
  if (unit < 0 || unit >= before) throw corrupt('an object names no shape');
  const header = i32[word + 1];
  if (kindOf(header) !== Kind.SHAPE) throw corrupt('an object names no shape');
  const count = countOf(header);
  if (count > SMALL_OBJECT_MAX || unit * 8 + shapeBytes(count) > before * 8) throw corrupt('a shape is too long');
  const keys = readKeys(segment, word + SHAPE_SLOTS, count, longStrings, ids);
  return new Shape(unit, keys);
}

/** Returns the keys in the slots at `words`, or in so many slots from the word `first` on, which are all different. @throws `ERR_REGION_CORRUPT` */
function readKeys(
  { i32 }: Segment,
  first: number,
  words: Int32Array | number,
  longStrings: LongStrings,
  ids: StringIds,
): string[] {
  const count = typeof words === 'number' ? words : words.length;
  const keys: string[] = [];
  const distinct = new Set<string>();
  for (let i = 0; i < count; i++) {
    const word = typeof words === 'number' ? first + i * 2 : words[i];
    const [lo, hi] = [i32[word], i32[word + 1]];
    if (!isString(hi)) throw corrupt('a key is no string');
    const key = longStrings.read(lo, hi);
    if (key.length <= HASHED_MAX_LENGTH) {
      keys.push(key);
      distinct.add(key);
      continue;
    }
    const id = ids.of(lo, hi);
    keys.push(ids.sameText(id, key));
    distinct.add(id);
  }
  if (distinct.size !== count) throw corrupt('a shape repeats a key');
  return keys;
}
