/**
 * Point reads of one segment: the way from a slot to a child's slot. Nothing here trusts the bytes: every offset is
 * checked to lie before the node that names it, every node to end before its referrer.
 *
 * A slot travels as two numbers, `lo` and `hi`, or as the index `word` of its low word in `i32`; no objects are made on the way.
 */

import { corrupt } from '../corrupt.js';
import { arrayIndex } from '../index-key.js';
import {
  ARRAY_SLOTS,
  arrayBytes,
  countOf,
  FIRST_UNIT,
  indexBytes,
  isArray,
  isObject,
  isTagged,
  Kind,
  kindOf,
  LARGE_MIN,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  ordinalLimit,
  Tag,
  tagOf,
  WIDE_KEYS,
  WIDE_OBJECT_BYTES,
  WIDE_VALUES,
} from '../layout.js';
import type { Segment } from '../segment.js';
import { childHolding, lengthOfIndex } from './array-index.js';
import { findInTrie } from './hash-trie.js';
import { type Shape, ShapeCache } from './shape.js';
import { isWideNode, wideLength, wideWord } from './wide.js';

/** The root of a large object. */
export interface ObjectRoot {
  readonly entries: number;
  readonly nextOrdinal: number;
  /** The unit of its trie, unchecked. */
  readonly trie: number;
}

/** What the node of a wide object says. */
export interface WideObject {
  readonly shape: Shape;
  /** The unit of the array of its values, which has as many elements as the shape has keys. */
  readonly values: number;
}

export class Reader {
  readonly segment: Segment;
  readonly shapes: ShapeCache;

  constructor(segment: Segment) {
    this.segment = segment;
    this.shapes = new ShapeCache(segment);
  }

  /** The first unit that may not be read: what a slot outside any node may refer to. */
  get end(): number {
    return this.segment.limit >>> 3;
  }

  /** Checks the OBJECT node at `unit` and returns its shape, which tells the number of its slots. */
  shapeOf(unit: number, before = this.segment.limit >>> 3): Shape {
    const { i32 } = this.segment;
    const word = wordOf(unit, before, 16);
    const shape = this.shapes.at(i32[word + 2], unit);
    const count = shape.keys.length;
    if (i32[word + 1] >>> 16 !== ((count << 4) | Kind.OBJECT) || unit * 8 + objectBytes(count) > before * 8) {
      throw corrupt('an object does not fit its shape');
    }
    return shape;
  }

  /** Whether the large object at `unit` is a wide one: not a trie, but a key list that others share and an array of values. O(1). */
  isWide(unit: number, before = this.end): boolean {
    wordOf(unit, before, WIDE_OBJECT_BYTES);
    return isWideNode(this.segment.i32, unit);
  }

  /** Checks the WIDE_OBJECT node at `unit` and returns what it says. O(1), O(keys) the first time that a key list is met. */
  wideOf(unit: number, before = this.end): WideObject {
    if (!this.isWide(unit, before)) throw corrupt('a large object has neither a trie nor a key list');
    const { i32 } = this.segment;
    const values = i32[unit * 2 + WIDE_VALUES];
    const length = wideLength(this, values, unit);
    const shape = this.shapes.wideAt(this, i32[unit * 2 + WIDE_KEYS], unit);
    if (shape.keys.length !== length) throw corrupt('a wide object has another number of values than keys');
    return { shape, values };
  }

  /** Checks the OBJECT_ROOT node at `unit` and returns its number of entries. */
  entriesOf(unit: number, before = this.end): number {
    return this.rootOf(unit, before).entries;
  }

  /** Checks the OBJECT_ROOT node at `unit` and returns what is in it, read once: its owner may write while we read. */
  rootOf(unit: number, before = this.end): ObjectRoot {
    const { i32 } = this.segment;
    const word = wordOf(unit, before, OBJECT_ROOT_BYTES);
    if (kindOf(i32[word + 1]) !== Kind.OBJECT_ROOT) throw corrupt('a large object has no root');
    const entries = i32[word + 2] >>> 0;
    const nextOrdinal = i32[word + 3] >>> 0;
    // Each entry takes 24 bytes before the root: a larger number is a lie that would cost memory. Small ones would cost time: a root
    // is named with one slot.
    if (entries * 24 > unit * 8 || entries < LARGE_MIN) throw corrupt('a large object counts its entries wrongly');
    if (nextOrdinal > ordinalLimit(entries)) throw corrupt('the ordinals of a large object run too far ahead');
    return { entries, nextOrdinal, trie: i32[word + 4] };
  }

  /** Checks the ARRAY node at `unit` and returns its number of elements. */
  elementsOf(unit: number, before = this.segment.limit >>> 3): number {
    const header = this.segment.i32[wordOf(unit, before, 8) + 1];
    const count = countOf(header);
    if (kindOf(header) !== Kind.ARRAY || unit * 8 + arrayBytes(count) > before * 8) {
      throw corrupt('an array is not where it should be');
    }
    return count;
  }

  /** Checks the ARRAY_INDEX node at `unit` and returns its number of children. */
  childCountOf(unit: number, before = this.end): number {
    const header = this.segment.i32[wordOf(unit, before, 8) + 1];
    const count = countOf(header);
    if (kindOf(header) !== Kind.ARRAY_INDEX || count === 0 || unit * 8 + indexBytes(count) > before * 8) {
      throw corrupt('the index of a large array is not where it should be');
    }
    return count;
  }

  /** The node id of the node at `unit`, which a checked slot names. */
  nodeIdOf(unit: number): number {
    const { i32 } = this.segment;
    if (unit < FIRST_UNIT || unit >= this.end) throw corrupt('an offset leads outside the committed bytes');
    return (i32[unit * 2 + 1] & 0xffff) * 2 ** 32 + (i32[unit * 2] >>> 0);
  }

  /** Returns the number of entries or elements of a container slot, -1 for any other. */
  sizeOf(lo: number, hi: number): number {
    if (!isTagged(hi)) return -1;
    switch (tagOf(hi)) {
      case Tag.OBJECT:
        return this.shapeOf(lo).keys.length;
      case Tag.LARGE_OBJECT:
        return this.isWide(lo) ? wideLength(this, this.segment.i32[lo * 2 + WIDE_VALUES], lo) : this.entriesOf(lo);
      case Tag.ARRAY:
        return this.elementsOf(lo);
      case Tag.LARGE_ARRAY:
        return lengthOfIndex(this, lo);
      default:
        return -1;
    }
  }

  /** Returns the word of the slot of `key` in an object slot, or -1. O(1) small, O(log n) large. */
  entry(lo: number, hi: number, key: string): number {
    if (tagOf(hi) === Tag.OBJECT) {
      const position = this.shapeOf(lo).find(key);
      return position < 0 ? -1 : lo * 2 + OBJECT_SLOTS + position * 2;
    }
    if (this.isWide(lo)) return this.#wideEntry(lo, key);
    this.entriesOf(lo);
    return findInTrie(this.segment, this.segment.i32[lo * 2 + 4], lo, key);
  }

  /** The same as `child` for the token that `pointer` has from `from` to before `to`: no string is made for it in objects that are no wide ones. */
  childPart(lo: number, hi: number, pointer: string, from: number, to: number): number {
    const tag = tagOf(hi);
    if (isObject(hi)) {
      if (tag === Tag.OBJECT) {
        const position = this.shapeOf(lo).findPart(pointer, from, to);
        return position < 0 ? -1 : lo * 2 + OBJECT_SLOTS + position * 2;
      }
      if (!this.isWide(lo)) {
        this.entriesOf(lo);
        return findInTrie(this.segment, this.segment.i32[lo * 2 + 4], lo, pointer, from, to);
      }
    }
    return this.child(lo, hi, pointer.slice(from, to));
  }

  #wideEntry(unit: number, key: string): number {
    const { i32 } = this.segment;
    const position = this.shapes.wideAt(this, i32[unit * 2 + WIDE_KEYS], unit).find(key);
    return position < 0 ? -1 : wideWord(this, i32[unit * 2 + WIDE_VALUES], position);
  }

  /** Returns the word of element `index` of an array slot, or -1 outside of it. O(1) small, O(log n) large. */
  element(lo: number, hi: number, index: number): number {
    if (tagOf(hi) === Tag.ARRAY) {
      return index < this.elementsOf(lo) ? lo * 2 + ARRAY_SLOTS + index * 2 : -1;
    }
    if (index >= lengthOfIndex(this, lo)) return -1;
    const leaf = childHolding(this, lo, index);
    return leaf.unit * 2 + ARRAY_SLOTS + leaf.index * 2;
  }

  /** The word of the child that `token` names in a container slot, or -1: nothing there, or no container. */
  child(lo: number, hi: number, token: string): number {
    if (isObject(hi)) return this.entry(lo, hi, token);
    if (!isArray(hi)) return -1;
    const index = arrayIndex(token);
    return index < 0 ? -1 : this.element(lo, hi, index);
  }
}

/** Returns the word of the node at `unit`, of which `sizeBytes` lie before the unit `before`. @throws `ERR_REGION_CORRUPT` */
function wordOf(unit: number, before: number, sizeBytes: number): number {
  if (unit < FIRST_UNIT || unit * 8 + sizeBytes > before * 8)
    throw corrupt('an offset leads outside the committed bytes');
  return unit * 2;
}
