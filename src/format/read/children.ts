/** The children of any container, small or large. */
import { OBJECT_SLOTS, Tag, tagOf } from '../layout.js';
import { elementWords } from './elements.js';
import { orderedEntries } from './entries.js';
import type { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';

/** The children of a container: keys for an object, and the words of the slots. */
export interface Children {
  readonly keys: readonly string[] | undefined;
  readonly words: Int32Array;
}

/**
 * Returns the children of a container slot in JSON's order. O(n).
 * @param longStrings Reads the keys; given where several containers are read at once.
 */
export function childrenOf(reader: Reader, lo: number, hi: number, longStrings?: LongStrings): Children {
  const tag = tagOf(hi);
  if (tag === Tag.LARGE_OBJECT) return orderedEntries(reader, lo, reader.end, longStrings);
  if (tag !== Tag.OBJECT) return { keys: undefined, words: elementWords(reader, lo, tag) };
  const { keys } = reader.shapeOf(lo);
  return { keys, words: Int32Array.from(keys, (_, i) => lo * 2 + OBJECT_SLOTS + i * 2) };
}
