/** Strings as readers see them: one at a time. `materialize.ts` has the way for many at once. */
import { corrupt } from '../corrupt.js';
import { countOf, Kind, kindOf, LONG_STRING_UNITS, STRING_MAX_LENGTH, Tag, tagOf } from '../layout.js';
import type { Segment } from '../segment.js';

/** Where the bytes of a string lie, for strings that are not inline. */
export interface StringBytes {
  start: number;
  length: number;
  wide: boolean;
}

/** Returns the string of a string slot. O(length). @throws `ERR_REGION_CORRUPT` */
export function readString(segment: Segment, lo: number, hi: number): string {
  const tag = tagOf(hi);
  if (tag >= Tag.INLINE) return readInline(lo, hi);
  const { start, length, wide } = locateString(segment, lo, hi);
  return wide ? sliceUtf16(segment.bytes, start, start + length * 2) : readLatin1(segment.bytes, start, length);
}

/** Slices as Node makes them itself: `toString` would look the encoding up by name each time. Node, Bun and Deno all have them. */
interface SlicingBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

export function sliceLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as SlicingBuffer).latin1Slice(start, end);
}

export function sliceUtf16(bytes: Buffer, start: number, end: number): string {
  return (bytes as SlicingBuffer).ucs2Slice(start, end);
}

/** Returns the string of an inline slot. */
export function readInline(lo: number, hi: number): string {
  switch (tagOf(hi) - Tag.INLINE) {
    case 0:
      return '';
    case 1:
      return String.fromCharCode(lo & 255);
    case 2:
      return String.fromCharCode(lo & 255, (lo >>> 8) & 255);
    case 3:
      return String.fromCharCode(lo & 255, (lo >>> 8) & 255, (lo >>> 16) & 255);
    case 4:
      return String.fromCharCode(lo & 255, (lo >>> 8) & 255, (lo >>> 16) & 255, lo >>> 24);
    case 5:
      return String.fromCharCode(lo & 255, (lo >>> 8) & 255, (lo >>> 16) & 255, lo >>> 24, hi & 255);
    default:
      return String.fromCharCode(lo & 255, (lo >>> 8) & 255, (lo >>> 16) & 255, lo >>> 24, hi & 255, (hi >>> 8) & 255);
  }
}

/** Finds the bytes of a direct or long string and checks that they are committed. */
export function locateString(segment: Segment, lo: number, hi: number): StringBytes {
  const tag = tagOf(hi);
  if (tag === Tag.LONG_STRING) return locateLong(segment, lo);
  const start = lo >>> 0;
  const length = hi & 0xffff;
  const wide = tag === Tag.UTF16;
  if (start + (wide ? length * 2 : length) > segment.limit) throw corrupt('a string ends outside the committed bytes');
  return { start, length, wide };
}

function locateLong(segment: Segment, unit: number): StringBytes {
  const word = unit * 2;
  const start = (word + LONG_STRING_UNITS) * 4;
  if (unit < 0 || start > segment.limit) throw corrupt('a long string is not where it should be');
  const length = segment.i32[word] >>> 0;
  const header = segment.i32[word + 1];
  if (kindOf(header) !== Kind.LONG_STRING) throw corrupt('a long string is not where it should be');
  const wide = countOf(header) === 2;
  if (start + (wide ? length * 2 : length) > segment.limit) throw corrupt('a string ends outside the committed bytes');
  if (length > STRING_MAX_LENGTH) throw corrupt('a string is longer than any string can be');
  return { start, length, wide };
}

/** A call into C++ costs more than a few characters made one by one. */
const BY_CHARACTER_MAX = 8;

function readLatin1(bytes: Buffer, start: number, length: number): string {
  if (length > BY_CHARACTER_MAX) return sliceLatin1(bytes, start, start + length);
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[start + i]);
  return text;
}

/**
 * Whether a string slot holds exactly `text`, or the part of it from `from` to before `to`, without making a string. O(length).
 */
export function stringEquals(
  segment: Segment,
  lo: number,
  hi: number,
  text: string,
  from = 0,
  to: number = text.length,
): boolean {
  const tag = tagOf(hi);
  const expected = to - from;
  if (tag >= Tag.INLINE) return tag - Tag.INLINE === expected && inlineEquals(lo, hi, text, from, expected);
  if (tag !== Tag.LONG_STRING && (hi & 0xffff) !== expected) return false;
  const { start, length, wide } = locateString(segment, lo, hi);
  if (length !== expected) return false;
  if (length > 256) return readString(segment, lo, hi) === text.slice(from, to);
  const bytes = segment.bytes;
  if (wide) {
    for (let i = 0, at = start; i < length; i++, at += 2) {
      if ((bytes[at] | (bytes[at + 1] << 8)) !== text.charCodeAt(from + i)) return false;
    }
    return true;
  }
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text.charCodeAt(from + i)) return false;
  return true;
}

function inlineEquals(lo: number, hi: number, text: string, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const unit = i < 4 ? (lo >>> (8 * i)) & 255 : (hi >>> (8 * (i - 4))) & 255;
    if (unit !== text.charCodeAt(from + i)) return false;
  }
  return true;
}

/** Whether two string slots, perhaps of different segments, hold the same text. O(length). */
export function sameString(a: Segment, aLo: number, aHi: number, b: Segment, bLo: number, bHi: number): boolean {
  const inline = tagOf(aHi) >= Tag.INLINE;
  if (inline !== tagOf(bHi) >= Tag.INLINE) return false;
  if (inline) return aLo === bLo && aHi === bHi;
  const left = locateString(a, aLo, aHi);
  const right = locateString(b, bLo, bHi);
  if (left.length !== right.length || left.wide !== right.wide) return false;
  const sizeBytes = left.wide ? left.length * 2 : left.length;
  return a.bytes.compare(b.bytes, right.start, right.start + sizeBytes, left.start, left.start + sizeBytes) === 0;
}
