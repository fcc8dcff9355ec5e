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
const SINGLES_BEFORE_PIECES = 128;
const SINGLES_PER_PIECE = 4;
const INLINE_BITS = 11;
/** A table costs as much as so many strings. */
const INLINES_BEFORE_TABLE = 512;

/** Texts of pieces, '' for those that were not made. */
type Pieces = string[];

/** Used until there are enough strings for pieces. Not written to; made as the others are, because the engine tells arrays apart by how they came to be. */
const NO_PIECES: Pieces = new Array<string>(1).fill('');
const NO_PIECES_YET: Pieces = new Array<string>(1).fill('');

export class BulkStrings {
  /** Reads one by one. */
  readonly singles: LongStrings;
  readonly #segment: Segment;
  #latin1 = NO_PIECES_YET;
  #utf16 = NO_PIECES_YET;
  /** How many strings of each piece were made one by one, in both encodings. */
  #singlesOfPieces: Uint8Array | undefined;
  #singles = 0;
  /** How many inline strings were made before there was a table of them. */
  #inlinesMade = 0;
  /** The last inline strings, by a hash of their slot. */
  #inlines: RecentInlines | undefined | null = null;

  constructor(segment: Segment, singles: LongStrings) {
    this.#segment = segment;
    this.singles = singles;
    // Set a second time, so that the engine does not take these fields for constants: it would throw away code when they change after hundreds of strings.
    this.#latin1 = NO_PIECES;
    this.#utf16 = NO_PIECES;
    this.#inlines = undefined;
  }

  /** Returns the string of a string slot. @throws `ERR_REGION_CORRUPT` */
  read(lo: number, hi: number): string {
    switch (tagOf(hi)) {
      case Tag.LATIN1: {
        const start = lo >>> 0;
        const piece = this.#latin1[start >>> PIECE_SHIFT];
        const offset = start & (PIECE_BYTES - 1);
        const end = offset + (hi & 0xffff);
        return piece !== undefined && end <= piece.length
          ? piece.substring(offset, end)
          : this.#single(this.#latin1, lo, hi);
      }
      case Tag.UTF16: {
        const start = lo >>> 0;
        const piece = this.#utf16[start >>> PIECE_SHIFT];
        const offset = (start & (PIECE_BYTES - 1)) >>> 1;
        const end = offset + (hi & 0xffff);
        return piece !== undefined && end <= piece.length
          ? piece.substring(offset, end)
          : this.#single(this.#utf16, lo, hi);
      }
      case Tag.LONG_STRING:
        return this.singles.read(lo, hi);
      default:
        if (this.#inlines != null) return this.#inlines.read(lo, hi);
        if (++this.#inlinesMade > INLINES_BEFORE_TABLE) this.#inlines = new RecentInlines();
        return readInline(lo, hi);
    }
  }

  /** Makes a string alone, and its piece for those to come when there have been many. */
  #single(pieces: Pieces, lo: number, hi: number): string {
    if (this.#singlesOfPieces !== undefined) this.#countFor(pieces, this.#singlesOfPieces, (lo >>> 0) >>> PIECE_SHIFT);
    else if (++this.#singles > SINGLES_BEFORE_PIECES) this.#beginPieces();
    return this.singles.read(lo, hi);
  }

  #beginPieces(): void {
    const count = (this.#segment.limit >>> PIECE_SHIFT) + 1;
    this.#singlesOfPieces = new Uint8Array(count);
    this.#latin1 = new Array<string>(count).fill('');
    this.#utf16 = new Array<string>(count).fill('');
  }

  #countFor(pieces: Pieces, singles: Uint8Array, index: number): void {
    if (pieces[index] !== '' || ++singles[index] <= SINGLES_PER_PIECE) return;
    pieces[index] = this.#piece(index, pieces === this.#latin1);
    singles[index] = 0;
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
