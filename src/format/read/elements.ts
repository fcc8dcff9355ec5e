/** The elements of an array, small or large, as the words of their slots. */

import { ARRAY_SLOTS, Tag } from '../layout.js';
import { lengthOfIndex, visitLeaves } from './array-index.js';
import type { Reader } from './reader.js';

/** Returns the word of each element of the array at `unit`, whose slot has `tag`. O(n). */
export function elementWords(reader: Reader, unit: number, tag: number, before = reader.end): Int32Array {
  if (tag === Tag.ARRAY) {
    return Int32Array.from({ length: reader.elementsOf(unit, before) }, (_, i) => unit * 2 + ARRAY_SLOTS + i * 2);
  }
  const length = lengthOfIndex(reader, unit, before);
  const words = new Int32Array(length);
  let at = 0;
  visitLeaves(
    reader,
    unit,
    length,
    (leaf, count) => {
      for (let i = 0; i < count; i++) words[at++] = leaf * 2 + ARRAY_SLOTS + i * 2;
    },
    before,
  );
  return words;
}
