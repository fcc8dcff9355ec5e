/** Writes whole arrays: small ones as a node of slots, large ones as an index over such nodes, built bottom-up. */

import {
  ARRAY_NODE_MAX,
  ARRAY_SLOTS,
  arrayBytes,
  hiOf,
  INDEX_CHILDREN,
  indexBytes,
  Kind,
  SHARED_LEAF_MAX,
  Tag,
} from '../layout.js';
import type { Writer } from './writer.js';

/** A subtree of a large array. */
export interface Part {
  unit: number;
  /** Elements in it. */
  size: number;
  /** Slots of the leaf, children of the inner node. */
  count: number;
}

/** Writes an array of the `count` slots in `words` from `base` on; the writer's result is its slot. O(n). */
export function writeArray(writer: Writer, words: Int32Array, base: number, count: number): void {
  if (count <= ARRAY_NODE_MAX) {
    writer.result(writeSmallArray(writer, words, base, count), hiOf(Tag.ARRAY));
    return;
  }
  writeLargeArray(writer, words, base, count, ARRAY_NODE_MAX);
}

/** Writes a large array whose leaves have `leafMax` elements; the writer's result is its slot. O(n). */
export function writeLargeArray(writer: Writer, words: Int32Array, base: number, count: number, leafMax: number): void {
  let parts: Part[] = [];
  for (const [start, end] of evenRanges(count, leafMax)) {
    const size = end - start;
    parts.push({ unit: writeLeaf(writer, words, base + start * 2, size), size, count: size });
  }
  while (parts.length > 1) {
    const below = parts;
    parts = evenRanges(below.length, ARRAY_NODE_MAX).map(([start, end]) => writeIndex(writer, below.slice(start, end)));
  }
  writer.result(parts[0].unit, hiOf(Tag.LARGE_ARRAY));
}

function writeSmallArray(writer: Writer, words: Int32Array, base: number, count: number): number {
  if (count > SHARED_LEAF_MAX) return writeLeaf(writer, words, base, count);
  const { leaves, segment } = writer;
  const shared = leaves.find(segment, (count << 4) | Kind.ARRAY, 0, words, base, count, ARRAY_SLOTS);
  if (shared !== 0) return shared;
  const unit = writeLeaf(writer, words, base, count);
  leaves.add(unit);
  return unit;
}

/** Cuts `count` into as few ranges of at most `most` as there can be. */
function evenRanges(count: number, most: number): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  for (let start = 0; start < count; start += most) ranges.push([start, Math.min(start + most, count)]);
  return ranges;
}

/** Writes a node of `count` slots and returns its unit. */
export function writeLeaf(writer: Writer, words: Int32Array, base: number, count: number): number {
  const word = writer.node(Kind.ARRAY, count, arrayBytes(count));
  const { i32 } = writer.segment;
  for (let i = 0, to = word + ARRAY_SLOTS; i < count * 2; i++) i32[to + i] = words[base + i];
  return word >>> 1;
}

/** Writes an inner node over `parts`, all of one height. */
export function writeIndex(writer: Writer, parts: readonly Part[]): Part {
  const count = parts.length;
  const word = writer.node(Kind.ARRAY_INDEX, count, indexBytes(count));
  const { i32 } = writer.segment;
  let size = 0;
  parts.forEach((part, i) => {
    size += part.size;
    i32[word + INDEX_CHILDREN + i * 2] = part.unit;
    i32[word + INDEX_CHILDREN + i * 2 + 1] = size;
  });
  return { unit: word >>> 1, size, count };
}
