/**
 * Objects of more than 64 keys that share their key list, as the rows of a wide table do: two large arrays, one of the keys, one of the values. Position
 * i of one belongs to position i of the other. Any number of objects name one array of keys, and each has its own array of values.
 */
import { corrupt } from '../corrupt.js';
import { ARRAY_SLOTS, hiOf, Kind, kindOf, SMALL_OBJECT_MAX, Tag, WIDE_OBJECT_MAX } from '../layout.js';
import { childHolding, type IndexReader, lengthOfIndex, visitLeaves } from './array-index.js';

/** The high word of a slot that would name either array. */
export const HI_WIDE_ARRAY = hiOf(Tag.LARGE_ARRAY);

/** Whether the node at `unit`, which ends before the end of what may be read, is that of a wide object. O(1). */
export function isWideNode(i32: Int32Array, unit: number): boolean {
  return kindOf(i32[unit * 2 + 1]) === Kind.WIDE_OBJECT;
}

/** Returns the number of elements of the array at `unit`, of keys or of values. O(1). @throws `ERR_REGION_CORRUPT` */
export function wideLength(reader: IndexReader, unit: number, before: number): number {
  const length = lengthOfIndex(reader, unit, before);
  if (length <= SMALL_OBJECT_MAX || length > WIDE_OBJECT_MAX) throw corrupt(`a wide object has ${length} entries`);
  return length;
}

/** Returns the word of the slot at `position` of the array at `unit`. O(1). @throws `ERR_REGION_CORRUPT` */
export function wideWord(reader: IndexReader, unit: number, position: number): number {
  const leaf = childHolding(reader, unit, position);
  return leaf.unit * 2 + ARRAY_SLOTS + leaf.index * 2;
}

/** Returns the words of all slots of the array at `unit`, of a node at unit `before`. O(keys). @throws `ERR_REGION_CORRUPT` */
export function wideWords(reader: IndexReader, unit: number, before: number): Int32Array {
  const words = new Int32Array(wideLength(reader, unit, before));
  let at = 0;
  const push = (leaf: number, count: number): void => {
    for (let i = 0; i < count; i++) words[at++] = leaf * 2 + ARRAY_SLOTS + i * 2;
  };
  visitLeaves(reader, unit, words.length, push, before);
  return words;
}
