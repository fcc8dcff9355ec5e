/**
 * The index of large arrays: a balanced tree of positions. An inner node lists its children with the number of elements up to and with
 * each, so an element is found, replaced, inserted or removed in O(log n).
 */
import { corrupt } from '../corrupt.js';
import { ELEMENTS_MAX, tooLarge } from '../engine-limits.js';
import { INDEX_CHILDREN, Kind, kindOf } from '../layout.js';
import type { Segment } from '../segment.js';

/** What the index needs of its reader. */
export interface IndexReader {
  readonly segment: Segment;
  readonly end: number;
  elementsOf(unit: number, before?: number): number;
  childCountOf(unit: number, before?: number): number;
}

/** In larger arrays the leaves are told apart: one that stands a million times would make an array of any length out of a few bytes. */
const DISTINCT_LEAVES_FROM = 65_536;
/** More levels than the largest array can have: fills of 16 and up make 8 for 2^32 elements. */
export const LEVELS_MAX = 12;

/** Returns the number of elements of the large array at `unit`. O(1). */
export function lengthOfIndex(reader: IndexReader, unit: number, before = reader.end): number {
  const count = reader.childCountOf(unit, before);
  const length = endOf(reader, unit, count - 1);
  // Each element takes 8 bytes before its index: a larger number is a lie that would cost memory.
  if (length * 8 > unit * 8) throw corrupt('a large array counts more elements than there is room for');
  return length;
}

/**
 * Returns the same after a check of every leaf, for callers that make that many values without reading any. O(n / 64).
 * @throws `ERR_REGION_CORRUPT`; `ERR_TOO_LARGE` where no array holds so many
 */
export function checkedLength(reader: IndexReader, unit: number, before = reader.end): number {
  const length = lengthOfIndex(reader, unit, before);
  if (length > ELEMENTS_MAX) throw tooLarge(`an array of ${length} elements`, ELEMENTS_MAX);
  visitLeaves(reader, unit, length, () => {}, before);
  return length;
}

/** The unit offset of child `i` of the inner node at `unit`. */
export function childUnit(reader: IndexReader, unit: number, i: number): number {
  return reader.segment.i32[unit * 2 + INDEX_CHILDREN + i * 2];
}

/** The number of elements up to and with child `i`. */
export function endOf(reader: IndexReader, unit: number, i: number): number {
  return reader.segment.i32[unit * 2 + INDEX_CHILDREN + i * 2 + 1] >>> 0;
}

/** Whether the child at `unit`, of the node at `parent`, is a leaf. */
export function isLeaf(reader: IndexReader, unit: number, parent: number): boolean {
  if (unit < 0 || unit >= parent) throw corrupt('the index of a large array leads outside of it');
  return kindOf(reader.segment.i32[unit * 2 + 1]) === Kind.ARRAY;
}

/** The position among the children of the inner node at `unit` of the one that holds element `index`. */
export function childPosition(reader: IndexReader, unit: number, count: number, index: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(reader, unit, middle) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Finds the leaf that holds element `index`, and the element's position in it. O(log n). @throws `ERR_REGION_CORRUPT` */
export function childHolding(reader: IndexReader, unit: number, index: number): Leaf {
  let at = unit;
  let before = reader.end;
  let rest = index;
  for (let level = 0; level < LEVELS_MAX; level++) {
    const position = childPosition(reader, at, reader.childCountOf(at, before), rest);
    if (position > 0) rest -= endOf(reader, at, position - 1);
    const child = childUnit(reader, at, position);
    if (isLeaf(reader, child, at)) {
      const count = reader.elementsOf(child, at);
      if (rest < 0 || rest >= count) throw corrupt('a leaf of a large array is too short');
      return { unit: child, index: rest, count };
    }
    before = at;
    at = child;
  }
  throw corrupt('the index of a large array is too deep');
}

/** Where an element of a large array stands. */
interface Leaf {
  readonly unit: number;
  /** Its position in the leaf, and how many the leaf has. */
  readonly index: number;
  readonly count: number;
}

/**
 * Visits the leaves of the large array at `unit`, which has `length` elements, in order. O(n / 64). Never more than `length` of them are visited,
 * whatever its owner writes meanwhile.
 */
export function visitLeaves(
  reader: IndexReader,
  unit: number,
  length: number,
  visit: (leaf: number, count: number) => void,
  before = reader.end,
): void {
  if (length < DISTINCT_LEAVES_FROM) {
    visitBelow(reader, unit, length, visit, before, 0);
    return;
  }
  const met = new Set<number>();
  const visitOnce = (leaf: number, count: number): void => {
    if (met.size === met.add(leaf).size) throw corrupt('a leaf of a large array is shared');
    visit(leaf, count);
  };
  visitBelow(reader, unit, length, visitOnce, before, 0);
}

function visitBelow(
  reader: IndexReader,
  unit: number,
  length: number,
  visit: (leaf: number, count: number) => void,
  before: number,
  level: number,
): void {
  if (level >= LEVELS_MAX) throw corrupt('the index of a large array is too deep');
  const count = reader.childCountOf(unit, before);
  let start = 0;
  for (let i = 0; i < count; i++) {
    const child = childUnit(reader, unit, i);
    const end = endOf(reader, unit, i);
    // Empty parts could be shared by the million within any length.
    if (end <= start || end > length) throw corrupt('a part of a large array has another length than its index says');
    if (isLeaf(reader, child, unit)) {
      if (reader.elementsOf(child, unit) !== end - start) {
        throw corrupt('a leaf of a large array has another length than its index says');
      }
      visit(child, end - start);
    } else {
      visitBelow(reader, child, end - start, visit, unit, level + 1);
    }
    start = end;
  }
  if (start !== length) throw corrupt('an index of a large array has another length than its parent says');
}
