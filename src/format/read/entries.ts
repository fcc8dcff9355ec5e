/** The entries of a large object in JSON's order: integer-like keys ascending, then the others as they were added. */
import { corrupt } from '../corrupt.js';
import { visitTrie } from './hash-trie.js';
import { LongStrings } from './long-strings.js';
import { arrayIndex, type Reader } from './reader.js';

export interface Entries {
  readonly keys: string[];
  /** The word of each value slot, in the order of `keys`. */
  readonly words: Int32Array;
}

/** How far ordinals may run ahead of the number of entries before the object must be renumbered; readers refuse more. */
export function ordinalLimit(entries: number): number {
  return entries * 4 + 1024;
}

/**
 * Returns keys and value words of the large object at `unit`. O(n).
 * @param longStrings Reads the keys; given where several objects are read at once.
 * @throws `ERR_REGION_CORRUPT`
 */
export function orderedEntries(
  reader: Reader,
  unit: number,
  before = reader.end,
  longStrings = new LongStrings(reader.segment),
): Entries {
  const { segment } = reader;
  const count = reader.entriesOf(unit, before);
  const nextOrdinal = segment.i32[unit * 2 + 3] >>> 0;
  if (nextOrdinal > ordinalLimit(count)) throw corrupt('the ordinals of a large object run too far ahead');

  const keyAt = new Int32Array(nextOrdinal);
  const valueAt = new Int32Array(nextOrdinal);
  let found = 0;
  visitTrie(segment, segment.i32[unit * 2 + 4], unit, (keyWord, valueWord, ordinal) => {
    if (ordinal >= nextOrdinal || keyAt[ordinal] !== 0) throw corrupt('two entries of a large object have one ordinal');
    keyAt[ordinal] = keyWord;
    valueAt[ordinal] = valueWord;
    found++;
  });
  if (found !== count) throw corrupt('a large object has another number of entries than its root says');

  const keys: string[] = new Array(count);
  const words = new Int32Array(count);
  for (let ordinal = 0, at = 0; ordinal < nextOrdinal; ordinal++) {
    const keyWord = keyAt[ordinal];
    if (keyWord === 0) continue;
    keys[at] = longStrings.read(segment.i32[keyWord], segment.i32[keyWord + 1]);
    words[at++] = valueAt[ordinal];
  }
  return integersFirst(keys, words);
}

function integersFirst(keys: string[], words: Int32Array): Entries {
  const order = integerFirstOrder(keys);
  if (order === undefined) return { keys, words };
  return { keys: order.map((i) => keys[i]), words: Int32Array.from(order, (i) => words[i]) };
}

/** Returns the positions of `keys` in JSON's order, or undefined if they stand in it already. O(n), O(n log n) where they do not. */
export function integerFirstOrder(keys: readonly string[]): number[] | undefined {
  let last = -1;
  let sorted = true;
  let namesSeen = false;
  for (const key of keys) {
    const index = arrayIndex(key);
    if (index < 0) namesSeen = true;
    else if (namesSeen || index < last) sorted = false;
    else last = index;
  }
  if (sorted) return undefined;
  const integers: number[] = [];
  const names: number[] = [];
  keys.forEach((key, i) => {
    (arrayIndex(key) < 0 ? names : integers).push(i);
  });
  integers.sort((a, b) => Number(keys[a]) - Number(keys[b]));
  return [...integers, ...names];
}
