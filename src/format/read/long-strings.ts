import { Tag, tagOf } from '../layout.js';
import type { Segment } from '../segment.js';
import { StringBound } from './bound.js';
import { readString } from './strings.js';

/** Strings up to this length may be stored once and named everywhere: a slot of eight bytes names at most so many characters. */
export const SHARED_MAX_LENGTH = 64;

/**
 * Reads strings of one segment without making more of them than the segment holds: hostile bytes could name one of a megabyte a million
 * times. Strings do not overlap, so all long ones together have no more characters than the segment has bytes. Once as many have been made, some
 * must have been named again, and from then on each is made once.
 */
export class LongStrings {
  readonly #segment: Segment;
  #characters = 0;
  #once: MadeOnce | undefined;

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** Returns the string of a string slot. O(length). @throws `ERR_REGION_CORRUPT` */
  read(lo: number, hi: number): string {
    const tag = tagOf(hi);
    if (tag !== Tag.LONG_STRING && (tag >= Tag.INLINE || (hi & 0xffff) <= SHARED_MAX_LENGTH)) {
      return readString(this.#segment, lo, hi);
    }
    if (this.#once !== undefined) return this.#once.read(lo, hi);
    const text = readString(this.#segment, lo, hi);
    this.#characters += text.length;
    if (this.#characters > this.#segment.limit) this.#once = new MadeOnce(this.#segment);
    return text;
  }
}

class MadeOnce {
  readonly #segment: Segment;
  readonly #texts = new Map<number, string>();
  readonly #bound: StringBound;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.#bound = new StringBound(segment);
  }

  read(lo: number, hi: number): string {
    const slot = (hi & 0xfffff) * 2 ** 32 + (lo >>> 0);
    const known = this.#texts.get(slot);
    if (known !== undefined) return known;
    const text = readString(this.#segment, lo, hi);
    this.#bound.spend(text.length);
    this.#texts.set(slot, text);
    return text;
  }
}
