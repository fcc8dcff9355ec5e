/**
 * Small objects of numbers, constants and short strings, one at a time: what a program reads that looks up an entry of a large object.
 * `materialize.ts` makes the same of them, with tables and counts that only pay for many.
 */
import { corrupt } from '../corrupt.js';
import { isContainer, isTagged, OBJECT_SLOTS, SHARED_LEAF_MAX, Tag, tagOf } from '../layout.js';
import { constructLeaf } from './construct.js';
import type { Reader } from './reader.js';
import { readScalar } from './scalar.js';

/** The values of the object under way: nothing else is made meanwhile. */
const values: unknown[] = new Array(SHARED_LEAF_MAX).fill(undefined);

/** Returns the object of the OBJECT node at `unit`, frozen; undefined where it is no such object. O(keys). @throws `ERR_REGION_CORRUPT` */
export function plainLeaf(reader: Reader, unit: number): object | undefined {
  const shape = reader.shapeOf(unit);
  const { i32, f64 } = reader.segment;
  const count = shape.keys.length;
  const word = unit * 2 + OBJECT_SLOTS;
  if (!isPlain(i32, word, count)) return undefined;
  for (let i = 0, at = word; i < count; i++, at += 2) {
    const hi = i32[at + 1];
    values[i] = isTagged(hi) ? readScalar(reader, i32[at], hi) : finite(f64[at >> 1]);
  }
  return constructLeaf(shape, values);
}

/** Long strings are for those who count how often one is named: see `LongStrings`. */
function isPlain(i32: Int32Array, word: number, count: number): boolean {
  if (count > SHARED_LEAF_MAX) return false;
  for (let i = 0; i < count; i++) {
    const hi = i32[word + i * 2 + 1];
    if (isContainer(hi) || (isTagged(hi) && tagOf(hi) === Tag.LONG_STRING)) return false;
  }
  return true;
}

function finite(number: number): number {
  if (number - number !== 0) throw corrupt('a number is not finite');
  return number;
}
