/** Whether slots that lead to no container have the one form that a writer gives them. */
import {
  countOf,
  DIRECT_MAX_LENGTH,
  FIRST_UNIT,
  INLINE_MAX_LENGTH,
  isTagged,
  Kind,
  kindOf,
  LONG_STRING_UNITS,
  padded,
  STRING_MAX_LENGTH,
  Tag,
  TRUE_LO,
  tagOf,
  UNIT_BYTES,
} from '../layout.js';
import type { Segment } from '../segment.js';
import { Extent, type Extents } from './extents.js';
import type { Problems } from './problems.js';

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

export class SlotVerifier {
  readonly #segment: Segment;
  readonly #problems: Problems;
  readonly #extents: Extents;

  constructor(segment: Segment, problems: Problems, extents: Extents) {
    this.#segment = segment;
    this.#problems = problems;
    this.#extents = extents;
  }

  /** Checks a slot that holds no container, in the node at `owner`, and notes the bytes of its string. */
  scalar(lo: number, hi: number, owner: number): void {
    if (!isTagged(hi)) {
      this.#double(lo, hi, owner);
      return;
    }
    const tag = tagOf(hi);
    if (tag === Tag.CONSTANT || tag === Tag.INTEGER) {
      this.#problems.expect((hi & 0xffff) === 0, owner, 'a slot has an aux that its tag does not use');
      this.#problems.expect(tag === Tag.INTEGER || (lo >= 0 && lo <= TRUE_LO), owner, 'a constant is unknown');
    } else {
      this.string(lo, hi, owner);
    }
  }

  /** Checks a slot that must hold a string; returns whether the string can be read. */
  string(lo: number, hi: number, owner: number): boolean {
    const tag = isTagged(hi) ? tagOf(hi) : -1;
    if (tag >= Tag.INLINE && tag <= Tag.INLINE + INLINE_MAX_LENGTH) return this.#inline(lo, hi, owner);
    if (tag === Tag.LATIN1 || tag === Tag.UTF16) return this.#direct(lo >>> 0, hi, owner);
    if (tag === Tag.LONG_STRING) return this.#long(lo, hi, owner);
    this.#problems.add(owner, 'a key is no string');
    return false;
  }

  #double(lo: number, hi: number, owner: number): void {
    scratchWords[0] = lo;
    scratchWords[1] = hi;
    const [number] = scratch;
    this.#problems.expect(Number.isFinite(number), owner, 'a number is not finite');
    const isInteger = (number | 0) === number && !Object.is(number, -0);
    this.#problems.expect(!isInteger, owner, 'a 32-bit integer is stored as a double');
  }

  #inline(lo: number, hi: number, owner: number): boolean {
    const length = tagOf(hi) - Tag.INLINE;
    const inLow = length >= 4 ? 0 : lo >>> (8 * length);
    const inHigh = (hi & 0xffff) >>> (8 * Math.max(0, length - 4));
    this.#problems.expect(inLow === 0 && inHigh === 0, owner, 'an inline string has bytes behind its end');
    return true;
  }

  #direct(start: number, hi: number, owner: number): boolean {
    const length = hi & 0xffff;
    const wide = tagOf(hi) === Tag.UTF16;
    const size = wide ? length * 2 : length;
    if (start + size > owner * UNIT_BYTES || start < FIRST_UNIT * UNIT_BYTES) {
      this.#problems.add(owner, 'a string does not lie before the node that names it');
      return false;
    }
    this.#problems.expect(
      wide ? length > 0 : length > INLINE_MAX_LENGTH,
      owner,
      'a string that fits its slot is outside of it',
    );
    this.#problems.expect(!wide || start % 2 === 0, owner, 'a wide string begins at an odd byte');
    if (size > 0) this.#extents.add(start, size, wide ? Extent.UTF16 : Extent.LATIN1);
    return true;
  }

  #long(unit: number, hi: number, owner: number): boolean {
    const { i32 } = this.#segment;
    const word = unit * 2;
    const room = owner * UNIT_BYTES;
    const start = (word + LONG_STRING_UNITS) * 4;
    if (unit < FIRST_UNIT || start > room || kindOf(i32[word + 1]) !== Kind.LONG_STRING) {
      this.#problems.add(owner, 'a long string is not where it should be');
      return false;
    }
    const length = i32[word] >>> 0;
    const width = countOf(i32[word + 1]);
    const end = start + length * width;
    if ((width !== 1 && width !== 2) || padded(end) > room) {
      this.#problems.add(owner, 'a long string is malformed');
      return false;
    }
    this.#problems.expect(
      (hi & 0xffff) === 0 && (i32[word + 1] & 0xffff) === 0,
      owner,
      'a long string has bits set that mean nothing',
    );
    this.#problems.expect(length > DIRECT_MAX_LENGTH, owner, 'a long string is short');
    this.#problems.expect(length <= STRING_MAX_LENGTH, owner, 'a string is longer than any string can be');
    const padding = this.#segment.bytes.subarray(end, padded(end));
    this.#problems.expect(
      padding.every((byte) => byte === 0),
      owner,
      'the padding of a long string is not zero',
    );
    this.#extents.add(word * 4, 0, Extent.LONG_STRING);
    return length <= STRING_MAX_LENGTH;
  }
}
