/** A slot and the segment in which it stands: what two versions of a value are compared by. */
import type { Reader } from '../read/reader.js';

export interface Place {
  readonly reader: Reader;
  readonly lo: number;
  readonly hi: number;
}

/** Returns the place of the slot at `word`. */
export function placeAt(reader: Reader, word: number): Place {
  const { i32 } = reader.segment;
  return { reader, lo: i32[word], hi: i32[word + 1] };
}
