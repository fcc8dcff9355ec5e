/**
 * Strings by the thousand. Making one costs a call into C++, cutting one out of a string that is there costs no call and no copy: so a piece of the
 * segment from which several strings were taken is made one string as a whole, and the next ones are cut out of it. A cut-out keeps its piece
 * alive: right where most of a document is wanted, wrong for a few values, so pieces are made only once many strings were.
 *
 * Inline strings made recently are handed out again: country codes, enumerations and the like are one string each then.
 */
import { DirectMapped } from '../direct-mapped.js';
import { Tag, tagOf } from '../layout.js';
import type { Segment } from '../segment.js';
import type { LongStrings } from './long-strings.js';
import { readInline, sliceLatin1, sliceUtf16 } from './strings.js';

const PIECE_SHIFT = 16;
const PIECE_BYTES = 1 << PIECE_SHIFT;
const SINGLES_BEFORE_PIECES = 512;
const SINGLES_PER_PIECE = 4;
const INLINE_BITS = 11;

/** A piece, or how many strings of it were made one by one. */
type Piece = string | number | undefined;

export class BulkStrings {
  /** Reads one by one. */
  readonly singles: LongStrings;
  readonly #segment: Segment;
  readonly #latin1: Piece[] = [];
  readonly #utf16: Piece[] = [];
  #singles = 0;
  /** The last inline strings, by a hash of their slot; from the first piece on. */
  #inlines: RecentInlines | undefined;

  constructor(segment: Segment, singles: LongStrings) {
    this.#segment = segment;
    this.singles = singles;
  }

  /** Returns the string of a string slot. @throws `ERR_REGION_CORRUPT` */
  read(lo: number, hi: number): string {
    switch (tagOf(hi)) {
      case Tag.LATIN1: {
        const start = lo >>> 0;
        const piece = this.#latin1[start >>> PIECE_SHIFT];
        const offset = start & (PIECE_BYTES - 1);
        const end = offset + (hi & 0xffff);
        return typeof piece === 'string' && end <= piece.length
          ? piece.substring(offset, end)
          : this.#single(this.#latin1, lo, hi);
      }
      case Tag.UTF16: {
        const start = lo >>> 0;
        const piece = this.#utf16[start >>> PIECE_SHIFT];
        const offset = (start & (PIECE_BYTES - 1)) >>> 1;
        const end = offset + (hi & 0xffff);
        return typeof piece === 'string' && end <= piece.length
          ? piece.substring(offset, end)
          : this.#single(this.#utf16, lo, hi);
      }
      case Tag.LONG_STRING:
        return this.singles.read(lo, hi);
      default:
        return this.#inlines === undefined ? readInline(lo, hi) : this.#inlines.read(lo, hi);
    }
  }

  /** Makes a string alone, and its piece for those to come when there have been many. */
  #single(pieces: Piece[], lo: number, hi: number): string {
    if (++this.#singles > SINGLES_BEFORE_PIECES) {
      this.#inlines ??= new RecentInlines();
      const index = (lo >>> 0) >>> PIECE_SHIFT;
      const before = pieces[index] ?? 0;
      if (typeof before === 'number') {
        pieces[index] = before < SINGLES_PER_PIECE ? before + 1 : this.#piece(index, pieces === this.#latin1);
      }
    }
    return this.singles.read(lo, hi);
  }

  #piece(index: number, latin1: boolean): string {
    const { bytes, limit } = this.#segment;
    const from = index * PIECE_BYTES;
    const to = Math.min(from + PIECE_BYTES, limit);
    return latin1 ? sliceLatin1(bytes, from, to) : sliceUtf16(bytes, from, to);
  }
}

class RecentInlines {
  readonly #keys = new DirectMapped(INLINE_BITS);
  readonly #texts: string[] = new Array(this.#keys.lines).fill('');

  read(lo: number, hi: number): string {
    const known = this.#keys.find(lo, hi);
    if (known >= 0) return this.#texts[known];
    const text = readInline(lo, hi);
    this.#texts[this.#keys.put(lo, hi)] = text;
    return text;
  }
}
