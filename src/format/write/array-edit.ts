/** Writes arrays with one element set, inserted or removed. Reading is in `array-index.ts`. */

import { corrupt } from '../corrupt.js';
import { ARRAY_NODE_MAX, ARRAY_SLOTS, arrayBytes, hiOf, INDEX_CHILDREN, indexBytes, Tag, tagOf } from '../layout.js';
import { childPosition, childUnit, endOf, isLeaf } from '../read/array-index.js';
import { type Part, writeIndex, writeLeaf } from './array-write.js';
import type { Writer } from './writer.js';

/** A node that loses elements below this is joined with its neighbour. */
const NODE_MIN = ARRAY_NODE_MAX / 4;

/** Writes the array of a slot with element `index`, which it has, set; the writer's result is the new slot. O(log n). */
export function setElement(
  writer: Writer,
  lo: number,
  hi: number,
  index: number,
  valueLo: number,
  valueHi: number,
): void {
  const { end } = writer.reader;
  const set = tagOf(hi) === Tag.ARRAY ? setInLeaf : setInIndex;
  writer.result(set(writer, lo, end, index, valueLo, valueHi), hi);
}

function setInLeaf(writer: Writer, unit: number, before: number, index: number, lo: number, hi: number): number {
  const count = writer.reader.elementsOf(unit, before);
  if (index >= count) throw corrupt('a leaf of a large array is too short');
  const word = writer.again(unit, arrayBytes(count));
  const { i32 } = writer.segment;
  i32[word + ARRAY_SLOTS + index * 2] = lo;
  i32[word + ARRAY_SLOTS + index * 2 + 1] = hi;
  return word >>> 1;
}

/** Only the node above the one that changes names another child: all sizes stay. */
function setInIndex(writer: Writer, unit: number, before: number, index: number, lo: number, hi: number): number {
  const { reader } = writer;
  const count = reader.childCountOf(unit, before);
  const place = childPosition(reader, unit, count, index);
  const start = place === 0 ? 0 : endOf(reader, unit, place - 1);
  const child = childUnit(reader, unit, place);
  const set = isLeaf(reader, child, unit) ? setInLeaf : setInIndex;
  const changed = set(writer, child, unit, index - start, lo, hi);
  const word = writer.again(unit, indexBytes(count));
  writer.segment.i32[word + INDEX_CHILDREN + place * 2] = changed;
  return word >>> 1;
}

/** Writes the array of a slot with an element inserted before `index`, at most its length. O(log n). */
export function insertElement(
  writer: Writer,
  lo: number,
  hi: number,
  index: number,
  valueLo: number,
  valueHi: number,
): void {
  splice(writer, lo, hi, index, 0, [valueLo, valueHi]);
}

/** Writes the array of a slot without element `index`, which it has. O(log n). */
export function removeElement(writer: Writer, lo: number, hi: number, index: number): void {
  splice(writer, lo, hi, index, 1, []);
}

function splice(writer: Writer, lo: number, hi: number, index: number, remove: number, slot: readonly number[]): void {
  const leaf = tagOf(hi) === Tag.ARRAY;
  let parts = leaf
    ? spliceLeaf(writer, lo, index, remove, slot)
    : spliceIndex(writer, lo, writer.reader.end, index, remove, slot);
  let leaves = leaf;
  while (parts.length > 1) {
    parts = [writeIndex(writer, parts)];
    leaves = false;
  }
  // A root with one child is that child.
  while (!leaves && parts[0].count === 1) {
    const child = childUnit(writer.reader, parts[0].unit, 0);
    leaves = isLeaf(writer.reader, child, parts[0].unit);
    parts = [partOf(writer, child, parts[0].size, leaves)];
  }
  writer.result(parts[0].unit, hiOf(leaves ? Tag.ARRAY : Tag.LARGE_ARRAY));
}

function partOf(writer: Writer, unit: number, size: number, leaf: boolean): Part {
  return { unit, size, count: leaf ? size : writer.reader.childCountOf(unit) };
}

function spliceLeaf(writer: Writer, unit: number, index: number, remove: number, slot: readonly number[]): Part[] {
  const slots = slotsOf(writer, unit);
  slots.splice(index * 2, remove * 2, ...slot);
  const count = slots.length / 2;
  // Appending fills nodes instead of halving them.
  const cut = count <= ARRAY_NODE_MAX ? count : index === count - 1 ? count - 1 : count >> 1;
  return leavesOf(writer, slots, cut);
}

function slotsOf(writer: Writer, unit: number): number[] {
  const count = writer.reader.elementsOf(unit);
  const start = unit * 2 + ARRAY_SLOTS;
  return Array.from(writer.segment.i32.subarray(start, start + count * 2));
}

function leavesOf(writer: Writer, slots: readonly number[], cut: number): Part[] {
  const count = slots.length / 2;
  const words = Int32Array.from(slots);
  const parts = [{ unit: writeLeaf(writer, words, 0, cut), size: cut, count: cut }];
  if (cut < count)
    parts.push({ unit: writeLeaf(writer, words, cut * 2, count - cut), size: count - cut, count: count - cut });
  return parts;
}

function spliceIndex(
  writer: Writer,
  unit: number,
  before: number,
  index: number,
  remove: number,
  slot: readonly number[],
): Part[] {
  const { reader } = writer;
  const count = reader.childCountOf(unit, before);
  const leaves = isLeaf(reader, childUnit(reader, unit, 0), unit);
  const children = partsOf(writer, unit, count, leaves);
  const place = childPosition(reader, unit, count, index);
  const start = place === 0 ? 0 : endOf(reader, unit, place - 1);
  const child = children[place].unit;
  const changed = leaves
    ? spliceLeaf(writer, child, index - start, remove, slot)
    : spliceIndex(writer, child, unit, index - start, remove, slot);
  children.splice(place, 1, ...changed);
  if (remove > slot.length / 2) joinIfSmall(writer, children, place, leaves);
  return indexesOf(writer, children, place);
}

function partsOf(writer: Writer, unit: number, count: number, leaves: boolean): Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = endOf(writer.reader, unit, i);
    parts.push(partOf(writer, childUnit(writer.reader, unit, i), end - start, leaves));
    start = end;
  }
  return parts;
}

/** Joins child `place` with a neighbour when it has become small, and cuts the result in two when that is too large for one node. */
function joinIfSmall(writer: Writer, children: Part[], place: number, leaves: boolean): void {
  if (children[place].count >= NODE_MIN || children.length === 1) return;
  const left = place === 0 ? 0 : place - 1;
  const [a, b] = [children[left], children[left + 1]];
  const count = a.count + b.count;
  const cut = count <= ARRAY_NODE_MAX ? count : count >> 1;
  let joined: Part[];
  if (leaves) {
    joined = leavesOf(writer, [...slotsOf(writer, a.unit), ...slotsOf(writer, b.unit)], cut);
  } else {
    const grandchildren = [a, b].flatMap(({ unit, count: own }) => {
      return partsOf(writer, unit, own, isLeaf(writer.reader, childUnit(writer.reader, unit, 0), unit));
    });
    joined = [writeIndex(writer, grandchildren.slice(0, cut))];
    if (cut < count) joined.push(writeIndex(writer, grandchildren.slice(cut)));
  }
  children.splice(left, 2, ...joined);
}

/** Writes the inner node over `children`, as two where one is not enough. */
function indexesOf(writer: Writer, children: Part[], place: number): Part[] {
  const count = children.length;
  if (count <= ARRAY_NODE_MAX) return [writeIndex(writer, children)];
  const cut = place >= count - 2 ? count - 1 : count >> 1;
  return [writeIndex(writer, children.slice(0, cut)), writeIndex(writer, children.slice(cut))];
}
