/** The entries of a large object in JSON's order: integer-like keys ascending, then the others as they were added. */
import type { JsonMmapError } from '../../errors.js';
import { corrupt } from '../corrupt.js';
import { ENTRIES_MAX, tooLarge } from '../engine-limits.js';
import { arrayIndex } from '../index-key.js';
import { visitTrie } from './hash-trie.js';
import { LongStrings } from './long-strings.js';
import type { ObjectRoot, Reader } from './reader.js';

export interface Entries {
  readonly keys: string[];
  /** The words of the slots of keys and values, in the order of `keys`. */
  readonly keyWords: Int32Array;
  readonly words: Int32Array;
}

/** Keys and values of a large object as the words of their slots. */
interface EntryWords {
  readonly keyWords: Int32Array;
  readonly valueWords: Int32Array;
}

/** Ordinals that run ahead of the entries by more are sorted: a table with an element for each would be larger than the object. */
const TABLE_FACTOR = 8;

/**
 * Returns the entries of the large object at `unit` in the order in which they were added, without their keys. O(n), whatever the ordinals.
 * @throws `ERR_REGION_CORRUPT`, `ERR_TOO_LARGE`
 */
export function entriesByOrdinal(reader: Reader, unit: number, before = reader.end): EntryWords {
  const root = reader.rootOf(unit, before);
  if (root.entries > ENTRIES_MAX) throw tooLarge(`an object of ${root.entries} keys`, ENTRIES_MAX);
  const isSparse = root.nextOrdinal > root.entries * TABLE_FACTOR;
  return isSparse ? sortedByOrdinal(reader, unit, root) : placedByOrdinal(reader, unit, root);
}

/** Fills a table with an element for each ordinal, then closes its gaps. */
function placedByOrdinal({ segment }: Reader, unit: number, { entries, nextOrdinal, trie }: ObjectRoot): EntryWords {
  const keyWords = new Int32Array(nextOrdinal);
  const valueWords = new Int32Array(nextOrdinal);
  let found = 0;
  visitTrie(segment, trie, unit, (keyWord, valueWord, ordinal) => {
    if (ordinal >= nextOrdinal || keyWords[ordinal] !== 0) throw repeatedOrdinal();
    keyWords[ordinal] = keyWord;
    valueWords[ordinal] = valueWord;
    found++;
  });
  if (found !== entries) throw miscounted();
  return { keyWords: withoutGaps(keyWords, entries), valueWords: withoutGaps(valueWords, entries) };
}

/** Moves the `count` words that are there together. */
function withoutGaps(words: Int32Array, count: number): Int32Array {
  if (count === words.length) return words;
  let to = 0;
  for (const word of words) if (word !== 0) words[to++] = word;
  return words.subarray(0, count);
}

function sortedByOrdinal({ segment }: Reader, unit: number, { entries, nextOrdinal, trie }: ObjectRoot): EntryWords {
  const met = new Set<number>();
  const found: { ordinal: number; keyWord: number; valueWord: number }[] = [];
  visitTrie(segment, trie, unit, (keyWord, valueWord, ordinal) => {
    if (ordinal >= nextOrdinal || met.has(ordinal)) throw repeatedOrdinal();
    if (met.size === entries) throw miscounted();
    met.add(ordinal);
    found.push({ ordinal, keyWord, valueWord });
  });
  if (found.length !== entries) throw miscounted();
  found.sort((a, b) => a.ordinal - b.ordinal);
  return {
    keyWords: Int32Array.from(found, ({ keyWord }) => keyWord),
    valueWords: Int32Array.from(found, ({ valueWord }) => valueWord),
  };
}

function repeatedOrdinal(): JsonMmapError {
  return corrupt('two entries of a large object have one ordinal');
}

function miscounted(): JsonMmapError {
  return corrupt('a large object has another number of entries than its root says');
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
  const order = integerFirstOrder(keys);
  if (order === undefined) return { keys, keyWords, words: valueWords };
  return {
    keys: order.map((i) => keys[i]),
    keyWords: Int32Array.from(order, (i) => keyWords[i]),
    words: Int32Array.from(order, (i) => valueWords[i]),
  };
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
