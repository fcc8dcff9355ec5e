import { createHash } from 'node:crypto';
import type { Segment } from '../segment.js';
import { StringBound } from './bound.js';
import { SHARED_MAX_LENGTH } from './long-strings.js';
import { locateString } from './strings.js';

/** Makes an id longer than any string that is its own. */
const MARK = '#'.repeat(SHARED_MAX_LENGTH);
/** V8 takes the length of a longer string for its hash (`String::kMaxHashCalcLength`), so a `Set` of them compares each with each. */
export const HASHED_MAX_LENGTH = 16383;

/** Ids of the long strings of one segment: equal where the strings are, also between segments. Each string is looked at once, however many slots name it. */
export class StringIds {
  readonly #segment: Segment;
  readonly #ids = new Map<number, string>();
  readonly #texts = new Map<string, string>();
  readonly #bound: StringBound;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.#bound = new StringBound(segment);
  }

  /** Returns the id of the string of a slot that lies outside of it. O(length) the first time. @throws `ERR_REGION_CORRUPT` */
  of(lo: number, hi: number): string {
    const slot = (hi & 0xfffff) * 2 ** 32 + (lo >>> 0);
    const known = this.#ids.get(slot);
    if (known !== undefined) return known;
    const { start, length, wide } = locateString(this.#segment, lo, hi);
    const sizeBytes = wide ? length * 2 : length;
    this.#bound.spend(sizeBytes);
    const bytes = this.#segment.bytes.subarray(start, start + sizeBytes);
    // Latin-1 and UTF-16 of the same bytes are different strings; the digest is one that nobody can find two texts for.
    const id = MARK + (wide ? 'w' : 'n') + createHash('sha256').update(bytes).digest('base64');
    this.#ids.set(slot, id);
    return id;
  }

  /**
   * Returns the first string with the id that equals `text`: the engine compares two strings character by character, however often it has done so, unless
   * they are one and the same.
   */
  sameText(id: string, text: string): string {
    const known = this.#texts.get(id);
    if (known === undefined) this.#texts.set(id, text);
    return known ?? text;
  }
}
