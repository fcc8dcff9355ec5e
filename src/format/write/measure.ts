/** How much a value takes. */

import { corrupt } from '../corrupt.js';
import {
  ARRAY_SLOTS,
  arrayBytes,
  bucketBytes,
  isContainer,
  isString,
  OBJECT_SLOTS,
  objectBytes,
  SHARED_LEAF_MAX,
  Tag,
  tagOf,
  WIDE_OBJECT_BYTES,
} from '../layout.js';
import { lengthOfIndex, visitLeaves } from '../read/array-index.js';
import { LookingBudget } from '../read/budget.js';
import { visitTrie } from '../read/hash-trie.js';
import type { Reader } from '../read/reader.js';
import { locateString } from '../read/strings.js';

const MET_MAX = 4096;

/**
 * Returns about how many bytes the nodes and strings of a value take: indexes of large containers are left out, and what several slots
 * name may count more than once. O(size of the value), on an explicit stack. @throws `ERR_REGION_CORRUPT`
 */
export function bytesOf(reader: Reader, rootLo: number, rootHi: number): number {
  if (!isContainer(rootHi)) return stringBytes(reader, rootLo, rootHi);
  const waiting = [rootLo, rootHi];
  let slots = 0;
  let isLeaf = true;
  const push = (word: number): void => {
    const hi = reader.segment.i32[word + 1];
    waiting.push(reader.segment.i32[word], hi);
    slots++;
    isLeaf &&= !isContainer(hi);
  };
  /**
   * Containers met recently: a node that many slots name takes its bytes once. A `DirectMapped` would do as well, but most of what is measured
   * has a few nodes, and its arrays would cost more than the walk.
   */
  const met = new Map<number, number>();
  let bytes = 0;
  const budget = new LookingBudget(reader.end, 1);
  while (waiting.length > 0) {
    const hi = waiting.pop() as number;
    const lo = waiting.pop() as number;
    if (!isContainer(hi)) {
      bytes += stringBytes(reader, lo, hi);
      continue;
    }
    if (met.get(lo & (MET_MAX - 1)) === lo) continue;
    met.set(lo & (MET_MAX - 1), lo);
    slots = 0;
    isLeaf = true;
    bytes += nodeBytes(reader, lo, hi, push);
    budget.spend(slots, isLeaf && slots <= SHARED_LEAF_MAX);
  }
  return bytes;
}

/** The bytes of a string that does not fit a slot. */
function stringBytes(reader: Reader, lo: number, hi: number): number {
  if (!isString(hi)) return 0;
  const tag = tagOf(hi);
  if (tag === Tag.LATIN1) return hi & 0xffff;
  if (tag === Tag.UTF16) return (hi & 0xffff) * 2;
  if (tag !== Tag.LONG_STRING) return 0;
  const { length, wide } = locateString(reader.segment, lo, hi);
  return wide ? length * 2 : length;
}

/** The bytes of a container without what it contains, whose slots go to `push` as words. */
function nodeBytes(reader: Reader, unit: number, hi: number, push: (word: number) => void): number {
  const tag = tagOf(hi);
  if (tag === Tag.OBJECT) {
    const count = reader.shapeOf(unit).keys.length;
    for (let i = 0; i < count; i++) push(unit * 2 + OBJECT_SLOTS + i * 2);
    return objectBytes(count);
  }
  let bytes = 0;
  const leaf = (node: number, count: number): void => {
    for (let i = 0; i < count; i++) push(node * 2 + ARRAY_SLOTS + i * 2);
    bytes += arrayBytes(count);
  };
  if (tag === Tag.LARGE_OBJECT && reader.isWide(unit)) {
    const { shape, values } = reader.wideOf(unit);
    visitLeaves(reader, values, shape.keys.length, leaf, unit);
    return bytes + WIDE_OBJECT_BYTES;
  }
  if (tag === Tag.LARGE_OBJECT) {
    const { entries, trie } = reader.rootOf(unit);
    let found = 0;
    visitTrie(reader.segment, trie, unit, (keyWord, valueWord) => {
      if (++found > entries) throw corrupt('a large object has another number of entries than its root says');
      push(keyWord);
      push(valueWord);
      bytes += bucketBytes(1);
    });
    return bytes;
  }
  if (tag === Tag.ARRAY) leaf(unit, reader.elementsOf(unit));
  else visitLeaves(reader, unit, lengthOfIndex(reader, unit), leaf);
  return bytes;
}
