/** Which bytes of a segment a tree uses: none for two things, and how many in all. */
import { countOf, padded, UNIT_BYTES } from '../layout.js';
import type { Segment } from '../segment.js';
import type { Problems } from './problems.js';

/** What lies at an extent. */
export const Extent = { NODE: 0, LATIN1: 1, UTF16: 2, LONG_STRING: 3 } as const;

/** An extent is one double, so that sorting is native: start × 2^19 + size × 4 + what lies there. All but long strings are shorter than 2^17. */
const START = 2 ** 19;
const SIZE = 2 ** 17;

export class Extents {
  readonly #segment: Segment;
  #items = new Float64Array(1024);
  #count = 0;

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** Notes that a tree uses `[start, start + size)`; the size of a long string is read from its header. O(1). */
  add(start: number, sizeBytes: number, what: number): void {
    if (this.#count === this.#items.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#count++] = start * START + sizeBytes * 4 + what;
  }

  /** Returns the starts of all nodes, ascending; after `sweep`. */
  nodeUnits(): Uint32Array {
    const nodes = this.#items.subarray(0, this.#count).filter((item) => item % 4 === Extent.NODE);
    return Uint32Array.from(nodes, (item) => item / START / UNIT_BYTES);
  }

  /** Looks at everything once, in the order of its bytes. O(n log n), and O(bytes) for the characters of wide strings. */
  sweep(problems: Problems): { liveBytes: number; strings: number } {
    const items = this.#items.subarray(0, this.#count).sort();
    let liveBytes = 0;
    let strings = 0;
    let end = UNIT_BYTES * 8;
    for (let i = 0; i < items.length; i++) {
      if (i > 0 && items[i] === items[i - 1]) continue; // a string that several slots name
      const start = Math.floor(items[i] / START);
      const what = items[i] % 4;
      const size = what === Extent.LONG_STRING ? this.#longBytes(start) : Math.floor(items[i] / 4) % SIZE;
      if (start < end) problems.add(start / UNIT_BYTES, 'it overlaps what lies before it');
      else if (what !== Extent.NODE && !this.#isCanonical(start, size, what)) {
        problems.add(start / UNIT_BYTES, 'a wide string has no wide character');
      }
      liveBytes += size;
      end = Math.max(end, start + size);
      if (what !== Extent.NODE) strings++;
    }
    return { liveBytes, strings };
  }

  #longBytes(start: number): number {
    const { i32 } = this.#segment;
    const length = i32[start / 4] >>> 0;
    return padded(UNIT_BYTES + (countOf(i32[start / 4 + 1]) === 2 ? length * 2 : length));
  }

  /** What fits Latin-1 is stored so. */
  #isCanonical(start: number, size: number, what: number): boolean {
    const { bytes, i32 } = this.#segment;
    if (what === Extent.LATIN1) return true;
    if (what === Extent.LONG_STRING && countOf(i32[start / 4 + 1]) !== 2) return true;
    const first = what === Extent.LONG_STRING ? start + UNIT_BYTES : start;
    for (let at = first; at < start + size; at += 2) if (bytes[at + 1] !== 0) return true;
    return false;
  }
}
