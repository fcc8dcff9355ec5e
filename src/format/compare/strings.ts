/** Whether strings are equal, without looking at the same bytes again and again: hostile bytes can name one of megabytes from every slot. */
import { Tag, tagOf } from '../layout.js';
import { SHARED_MAX_LENGTH } from '../read/long-strings.js';
import { StringIds } from '../read/string-ids.js';
import { locateString, sameString } from '../read/strings.js';
import type { Segment } from '../segment.js';

/**
 * Compares strings byte by byte until as many bytes have been looked at as the segments have; some string was named again then, which
 * only copies within a document do. From then on long strings are compared by their ids, for which each is looked at once.
 */
export class StringComparison {
  #bytesLeft: number;
  readonly #ids = new Map<Segment, StringIds>();

  constructor(...segments: readonly Segment[]) {
    this.#bytesLeft = segments.reduce((sum, { limit }) => sum + limit, 0);
  }

  /** Whether two string slots hold the same text. O(length), less where they were compared before. @throws `ERR_REGION_CORRUPT` */
  same(a: Segment, aLo: number, aHi: number, b: Segment, bLo: number, bHi: number): boolean {
    if (isShort(aHi) || isShort(bHi)) return sameString(a, aLo, aHi, b, bLo, bHi);
    const left = locateString(a, aLo, aHi);
    const right = locateString(b, bLo, bHi);
    if (left.length !== right.length || left.wide !== right.wide) return false;
    if (a === b && left.start === right.start) return true;
    return this.spend(left.wide ? left.length * 2 : left.length)
      ? sameString(a, aLo, aHi, b, bLo, bHi)
      : this.idsOf(a).of(aLo, aHi) === this.idsOf(b).of(bLo, bHi);
  }

  /** Counts as many bytes; false where there have been too many, and ids must be used. */
  spend(sizeBytes: number): boolean {
    this.#bytesLeft -= sizeBytes;
    return this.#bytesLeft >= 0;
  }

  idsOf(segment: Segment): StringIds {
    let ids = this.#ids.get(segment);
    if (ids === undefined) {
      ids = new StringIds(segment);
      this.#ids.set(segment, ids);
    }
    return ids;
  }
}

/** Whether a string may be stored once and named everywhere, and is short enough for that to cost little. */
function isShort(hi: number): boolean {
  const tag = tagOf(hi);
  return tag !== Tag.LONG_STRING && (tag >= Tag.INLINE || (hi & 0xffff) <= SHARED_MAX_LENGTH);
}
