/** A reference to a value: its slot, and the reader of its segment. Two versions of a value are compared by their references. */
import type { Reader } from '../read/reader.js';

export interface ValueRef {
  readonly reader: Reader;
  readonly lo: number;
  readonly hi: number;
}

/** Returns the reference to the value of the slot at `word`. */
export function refAt(reader: Reader, word: number): ValueRef {
  const { i32 } = reader.segment;
  return { reader, lo: i32[word], hi: i32[word + 1] };
}
