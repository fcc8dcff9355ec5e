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

/** Keys and values of a large object as the words of their slots. */
interface EntryWords {
  readonly keyWords: Int32Array;
  readonly valueWords: Int32Array;
}

/** Returns the entries of the large object at `unit` in the order in which they were added, without their keys. O(n). @throws `ERR_REGION_CORRUPT` */
export function entriesByOrdinal(reader: Reader, unit: number, before = reader.end): EntryWords {
  const { segment } = reader;
  const count = reader.entriesOf(unit, before);
  const nextOrdinal = segment.i32[unit * 2 + 3] >>> 0;

  const keyWords = new Int32Array(nextOrdinal);
  const valueWords = new Int32Array(nextOrdinal);
  let found = 0;
  visitTrie(segment, segment.i32[unit * 2 + 4], unit, (keyWord, valueWord, ordinal) => {
    if (ordinal >= nextOrdinal || keyWords[ordinal] !== 0)
      throw corrupt('two entries of a large object have one ordinal');
    keyWords[ordinal] = keyWord;
    valueWords[ordinal] = valueWord;
    found++;
  });
  if (found !== count) throw corrupt('a large object has another number of entries than its root says');
  return { keyWords: withoutGaps(keyWords, count), valueWords: withoutGaps(valueWords, count) };
}

/** Moves the `count` words that are there together. */
function withoutGaps(words: Int32Array, count: number): Int32Array {
  if (count === words.length) return words;
  let to = 0;
  for (const word of words) if (word !== 0) words[to++] = word;
  return words.subarray(0, count);
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
  const { i32 } = reader.segment;
  const { keyWords, valueWords } = entriesByOrdinal(reader, unit, before);
  const keys: string[] = new Array(keyWords.length);
  for (let i = 0; i < keyWords.length; i++) keys[i] = longStrings.read(i32[keyWords[i]], i32[keyWords[i] + 1]);
  return integersFirst(keys, valueWords);
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
