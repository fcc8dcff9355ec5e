import { corrupt } from '../corrupt.js';
import { Tag, tagOf } from '../layout.js';
import type { Segment } from '../segment.js';
import { readString } from './strings.js';

/** Shorter ones may be stored once and named everywhere: eight bytes for at most as many characters. */
export const SHARED_MAX_LENGTH = 64;

/**
 * Reads strings of one segment without making more of them than the segment holds: hostile bytes could name one of a megabyte a million
 * times. Strings do not overlap, so all long ones together have no more characters than the segment has bytes. Once as many have been made, some
 * must have been named again, and from then on each is made once.
 */
export class LongStrings {
  readonly #segment: Segment;
  #characters = 0;
  #made: Map<number, string> | undefined;

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** Returns the string of a string slot. O(length). @throws `ERR_REGION_CORRUPT` */
  read(lo: number, hi: number): string {
    const tag = tagOf(hi);
    if (tag !== Tag.LONG_STRING && (tag >= Tag.INLINE || (hi & 0xffff) <= SHARED_MAX_LENGTH)) {
      return readString(this.#segment, lo, hi);
    }
    if (this.#made !== undefined) return this.#once(this.#made, lo, hi);
    const text = readString(this.#segment, lo, hi);
    this.#characters += text.length;
    if (this.#characters > this.#segment.limit) {
      this.#characters = 0;
      this.#made = new Map();
    }
    return text;
  }

  #once(made: Map<number, string>, lo: number, hi: number): string {
    const slot = (hi & 0xfffff) * 2 ** 32 + (lo >>> 0);
    const known = made.get(slot);
    if (known !== undefined) return known;
    const text = readString(this.#segment, lo, hi);
    this.#characters += text.length;
    if (this.#characters > this.#segment.limit) throw corrupt('strings overlap');
    made.set(slot, text);
    return text;
  }
}
