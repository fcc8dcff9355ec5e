/** The children of any container, small or large. */
import { OBJECT_SLOTS, Tag, tagOf } from '../layout.js';
import { elementWords } from './elements.js';
import { orderedEntries } from './entries.js';
import type { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';
import { wideWords } from './wide.js';

/** The children of a container: keys for an object, and the words of the slots. */
export interface Children {
  readonly keys: readonly string[] | undefined;
  /** The words of the slots of the keys. */
  readonly keyWords: Int32Array;
  readonly words: Int32Array;
}

const NO_WORDS = new Int32Array(0);

/**
 * Returns the children of a container slot in JSON's order. O(n).
 * @param longStrings Reads the keys; given where several containers are read at once.
 */
export function childrenOf(reader: Reader, lo: number, hi: number, longStrings?: LongStrings): Children {
  const tag = tagOf(hi);
  if (tag === Tag.LARGE_OBJECT && reader.isWide(lo)) return wideChildren(reader, lo);
  if (tag === Tag.LARGE_OBJECT) return orderedEntries(reader, lo, reader.end, longStrings);
  if (tag !== Tag.OBJECT) return { keys: undefined, keyWords: NO_WORDS, words: elementWords(reader, lo, tag) };
  const { keys, keyWords } = reader.shapeOf(lo);
  const words = new Int32Array(keys.length);
  for (let i = 0, word = lo * 2 + OBJECT_SLOTS; i < words.length; i++, word += 2) words[i] = word;
  return { keys, keyWords, words };
}

function wideChildren(reader: Reader, unit: number): Children {
  const { shape, values } = reader.wideOf(unit);
  return { keys: shape.keys, keyWords: shape.keyWords, words: wideWords(reader, values, unit) };
}
