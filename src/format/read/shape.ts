/** The key list that small objects of one form share, as readers hold it. */

import { corrupt } from '../corrupt.js';
import { countOf, isString, Kind, kindOf, SHAPE_SLOTS, SMALL_OBJECT_MAX, shapeBytes } from '../layout.js';
import type { Segment } from '../segment.js';
import type { Construct, Constructible } from './construct.js';
import { LongStrings } from './long-strings.js';
import { StringIds } from './string-ids.js';

export class Shape implements Constructible {
  readonly unit: number;
  readonly keys: readonly string[];
  uses = 0;
  /** Set by `construct.ts`. */
  construct: Construct | undefined;
  #positions: Map<string, number> | undefined;
  #keyWords: Int32Array | undefined;

  constructor(unit: number, keys: readonly string[]) {
    this.unit = unit;
    this.keys = keys;
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
}

const RECENT = 512;

/** The shapes of one segment, each read and checked once. */
export class ShapeCache {
  readonly #segment: Segment;
  #longStrings: LongStrings;
  #ids: StringIds;
  readonly #byUnit = new Map<number, Shape>();
  /** The last ones by the low bits of their unit: found without a map. */
  readonly #recent: (Shape | undefined)[] = new Array(RECENT).fill(undefined);
  #highest = 0;

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
    this.#recent.fill(undefined);
    this.#highest = unit - 1;
    // They remember strings by their place, where others will be written, and count what was read.
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
  const keys: string[] = [];
  const distinct = new Set<string>();
  for (let i = 0, slot = word + SHAPE_SLOTS; i < count; i++, slot += 2) {
    const [lo, hi] = [i32[slot], i32[slot + 1]];
    if (!isString(hi)) throw corrupt('a key is no string');
    const key = longStrings.read(lo, hi);
    const id = ids.ofKey(key, lo, hi);
    keys.push(ids.sameText(id, key));
    distinct.add(id);
  }
  if (distinct.size !== count) throw corrupt('a shape repeats a key');
  return new Shape(unit, keys);
}
