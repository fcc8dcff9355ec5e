/** Short strings that were written recently, so that equal ones are stored once. They are compared in the segment: no text is kept. */
import { DirectMapped } from '../direct-mapped.js';
import { Tag, tagOf } from '../layout.js';
import { stringEquals } from '../read/strings.js';
import type { Segment } from '../segment.js';

const LINE_BITS = 13;

/** Returns the hash that `RecentStrings` asks for: `hashNext` of each unit in turn, starting from the length. O(length). */
export function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = hashNext(hash, text.charCodeAt(i));
  return hash;
}

export function hashNext(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x9e3779b1);
}

export class RecentStrings {
  /** By their hash. */
  readonly #keys = new DirectMapped(LINE_BITS);
  /** Slots of strings; offset 0 is the header of the segment and never a string. */
  readonly #los = new Int32Array(this.#keys.lines);
  readonly #his = new Int32Array(this.#keys.lines);

  /** Returns the line, for `lo` and `hi`, of a string of this text; -1 if it is not known. O(length). */
  find(segment: Segment, hash: number, text: string): number {
    const line = this.#keys.find(hash, 0);
    if (line < 0 || this.#los[line] === 0) return -1;
    return stringEquals(segment, this.#los[line], this.#his[line], text) ? line : -1;
  }

  /** The same for a Latin-1 text of `length` characters, which is at byte `at` too. */
  findLatin1(bytes: Uint8Array, hash: number, at: number, length: number): number {
    const line = this.#keys.find(hash, 0);
    if (line < 0) return -1;
    const lo = this.#los[line] >>> 0;
    const hi = this.#his[line];
    if (lo === 0 || tagOf(hi) !== Tag.LATIN1 || (hi & 0xffff) !== length) return -1;
    for (let i = 0; i < length; i++) if (bytes[lo + i] !== bytes[at + i]) return -1;
    return line;
  }

  lo(line: number): number {
    return this.#los[line];
  }

  hi(line: number): number {
    return this.#his[line];
  }

  add(hash: number, lo: number, hi: number): void {
    const line = this.#keys.put(hash, 0);
    this.#los[line] = lo;
    this.#his[line] = hi;
  }

  /** Forgets the strings at or above `byteOffset`, where other bytes will be written. */
  forgetFrom(byteOffset: number): void {
    const los = this.#los;
    for (let line = 0; line < los.length; line++) if (los[line] >>> 0 >= byteOffset) los[line] = 0;
  }
}
