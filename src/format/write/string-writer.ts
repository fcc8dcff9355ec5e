/**
 * Appends strings. Characters of one byte each are stored as Latin-1, all others as UTF-16, exactly as engines hold them: no
 * surrogate, paired or lone, needs care, and a length in characters tells the length in bytes.
 *
 * Strings of one write are gathered in runs of their own between the nodes, so that a reader can make many of them with one call.
 */
import { JsonMmapError } from '../../errors.js';
import {
  DIRECT_MAX_LENGTH,
  headerOf,
  hiOf,
  INLINE_MAX_LENGTH,
  Kind,
  LONG_STRING_UNITS,
  padded,
  STRING_MAX_LENGTH,
  Tag,
  tagOf,
} from '../layout.js';
import { SHARED_MAX_LENGTH } from '../read/long-strings.js';
import { locateString } from '../read/strings.js';
import type { AppendableSegment, Segment } from '../segment.js';
import { hashNext, hashText, RecentStrings } from './recent-strings.js';

/** From this length on a native copy is faster than a loop. */
const NATIVE_MIN_LENGTH = 64;
const RUN_MIN_BYTES = 256;
const RUN_MAX_BYTES = 1 << 20;
/** Where space is short: hardly anything is left over at the end of a run. */
const RUN_TIGHT_BYTES = 1024;
const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/** What strings are written with: the writer of their segment, whose result is the slot of the last one. */
export interface StringTarget {
  readonly segment: AppendableSegment;
  readonly lo: number;
  readonly hi: number;
  allocate(bytes: number): number;
  result(lo: number, hi: number): void;
}

export class StringWriter {
  readonly #writer: StringTarget;
  #tight = false;
  #runAt = 0;
  #runEnd = 0;
  /** String bytes of this write so far: runs grow with it, so that a small write wastes nothing. */
  #runBytes = 0;
  /** Short strings are stored once. */
  readonly #recent = new RecentStrings();

  constructor(writer: StringTarget) {
    this.#writer = writer;
  }

  /** Writes `text`; its slot is the writer's result. O(length). */
  write(text: string): void {
    const { length } = text;
    if (length <= INLINE_MAX_LENGTH && this.#writeInline(text)) return;
    if (length <= SHARED_MAX_LENGTH) {
      this.#writeShared(text);
    } else if (length <= DIRECT_MAX_LENGTH) {
      this.#writeDirect(text);
    } else {
      this.#writeLong(text);
    }
  }

  /** Copies the bytes of a string that stands in another segment, or elsewhere in this one; its slot is the writer's result. O(length). */
  copy(from: Segment, lo: number, hi: number): void {
    const { start, length, wide } = locateString(from, lo, hi);
    const sizeBytes = wide ? length * 2 : length;
    if (tagOf(hi) === Tag.LONG_STRING) {
      const word = this.#longNode(length, wide, sizeBytes);
      this.#putBytes(from.bytes, start, (word + LONG_STRING_UNITS) * 4, sizeBytes);
      this.#writer.result(word >>> 1, hi);
      return;
    }
    if (this.#tight && sizeBytes >= NATIVE_MIN_LENGTH && this.#runAt + sizeBytes >= this.#runEnd) {
      const alone = this.#writer.allocate(padded(sizeBytes)) * 4; // the run goes on with shorter ones
      this.#putBytes(from.bytes, start, alone, sizeBytes);
      this.#writer.result(alone, hi);
      return;
    }
    const room = this.#room(wide ? sizeBytes + 1 : sizeBytes);
    const at = wide ? room + (room & 1) : room;
    this.#putBytes(from.bytes, start, at, sizeBytes);
    this.#runAt = at + sizeBytes;
    this.#writer.result(at, hi);
  }

  /** Runs `copy`, whose strings are packed for space rather than for speed. */
  packTightly(copy: () => void): void {
    this.#tight = true;
    try {
      copy();
    } finally {
      this.#tight = false;
    }
  }

  /** Ends a write: the unused rest of the last run is given back, where nothing was written behind it. */
  finish(): void {
    const { segment } = this.#writer;
    if (segment.head === this.#runEnd) segment.head = padded(this.#runAt);
    this.#runAt = 0;
    this.#runEnd = 0;
    this.#runBytes = 0;
  }

  /** Forgets the strings at or above `byteOffset`. */
  forgetFrom(byteOffset: number): void {
    this.#runAt = 0;
    this.#runEnd = 0;
    this.#runBytes = 0;
    this.#recent.forgetFrom(byteOffset);
  }

  /** False where a character does not fit. */
  #writeInline(text: string): boolean {
    let lo = 0;
    let aux = 0;
    let units = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      units |= unit;
      if (i < 4) lo |= unit << (8 * i);
      else aux |= unit << (8 * (i - 4));
    }
    if (units > 255) return false;
    this.#writer.result(lo, hiOf(Tag.INLINE + text.length, aux));
    return true;
  }

  /** Writes a short string in its place in one go, and takes it back where it turns out to be there already. */
  #writeShared(text: string): void {
    const { length } = text;
    const start = this.#runAt;
    if (start + length > this.#runEnd) {
      this.#writeSharedElsewhere(text);
      return;
    }
    const { bytes } = this.#writer.segment;
    let hash = length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 255) {
        this.#writeSharedElsewhere(text);
        return;
      }
      bytes[start + i] = unit;
      hash = hashNext(hash, unit);
    }
    const known = this.#recent.findLatin1(bytes, hash, start, length);
    if (known >= 0) {
      this.#writer.result(this.#recent.lo(known), this.#recent.hi(known));
      return;
    }
    const hi = hiOf(Tag.LATIN1, length);
    this.#runAt = start + length;
    this.#recent.add(hash, start, hi);
    this.#writer.result(start, hi);
  }

  /** The same for one that is wide, or has no room in this run: a string that is there already must not begin another. */
  #writeSharedElsewhere(text: string): void {
    const hash = hashText(text);
    const known = this.#recent.find(this.#writer.segment, hash, text);
    if (known >= 0) {
      this.#writer.result(this.#recent.lo(known), this.#recent.hi(known));
      return;
    }
    this.#writeDirect(text);
    this.#recent.add(hash, this.#writer.lo, this.#writer.hi);
  }

  #writeDirect(text: string): void {
    const { length } = text;
    const start = this.#room(length);
    if (this.#putLatin1(text, start)) {
      this.#runAt = start + length;
      this.#writer.result(start, hiOf(Tag.LATIN1, length));
      return;
    }
    const wide = this.#room(length * 2 + 1);
    const even = wide + (wide & 1);
    this.#putUtf16(text, even);
    this.#runAt = even + length * 2;
    this.#writer.result(even, hiOf(Tag.UTF16, length));
  }

  #writeLong(text: string): void {
    if (text.length > STRING_MAX_LENGTH) {
      throw new JsonMmapError(
        'ERR_TOO_LARGE',
        `a string has ${text.length} characters, at most ${STRING_MAX_LENGTH} can be read`,
      );
    }
    const wide = BEYOND_LATIN1.test(text);
    const sizeBytes = wide ? text.length * 2 : text.length;
    const word = this.#longNode(text.length, wide, sizeBytes);
    const start = (word + LONG_STRING_UNITS) * 4;
    if (wide) this.#putUtf16(text, start);
    else this.#putLatin1(text, start);
    this.#writer.result(word >>> 1, hiOf(Tag.LONG_STRING));
  }

  /** Reserves the node of a long string and writes its header; returns the word where it begins. */
  #longNode(length: number, wide: boolean, sizeBytes: number): number {
    const node = padded(LONG_STRING_UNITS * 4 + sizeBytes);
    const word = this.#writer.allocate(node);
    const { i32 } = this.#writer.segment;
    i32.fill(0, word + (node >>> 2) - 2, word + (node >>> 2)); // the padding: rolled back bytes may lie there
    i32[word] = length;
    i32[word + 1] = headerOf(Kind.LONG_STRING, wide ? 2 : 1, 0);
    return word;
  }

  /** Where the next `sizeBytes` of string bytes can go; begins a new run when the last one is full. */
  #room(sizeBytes: number): number {
    if (this.#runAt + sizeBytes <= this.#runEnd) return this.#runAt;
    const most = this.#tight ? RUN_TIGHT_BYTES : RUN_MAX_BYTES;
    const grown = this.#runBytes === 0 ? 0 : Math.max(RUN_MIN_BYTES, Math.min(this.#runBytes >> 2, most));
    const run = padded(Math.max(sizeBytes, grown));
    this.#runAt = this.#writer.allocate(run) * 4;
    this.#runEnd = this.#runAt + run;
    this.#runBytes += run;
    return this.#runAt;
  }

  /** Stores `text` as Latin-1 at `start`; false where a character does not fit, and what was stored does not count. */
  #putLatin1(text: string, start: number): boolean {
    const { bytes } = this.#writer.segment;
    const { length } = text;
    if (length >= NATIVE_MIN_LENGTH) {
      if (BEYOND_LATIN1.test(text)) return false;
      bytes.write(text, start, length, 'latin1');
      return true;
    }
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 255) return false;
      bytes[start + i] = unit;
    }
    return true;
  }

  #putBytes(from: Buffer, start: number, at: number, sizeBytes: number): void {
    const { bytes } = this.#writer.segment;
    if (sizeBytes >= NATIVE_MIN_LENGTH) {
      from.copy(bytes, at, start, start + sizeBytes);
      return;
    }
    for (let i = 0; i < sizeBytes; i++) bytes[at + i] = from[start + i];
  }

  #putUtf16(text: string, start: number): void {
    const { bytes } = this.#writer.segment;
    if (text.length >= NATIVE_MIN_LENGTH) {
      bytes.write(text, start, text.length * 2, 'utf16le');
      return;
    }
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      bytes[start + i * 2] = unit;
      bytes[start + i * 2 + 1] = unit >>> 8;
    }
  }
}
