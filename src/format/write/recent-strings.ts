/** Short strings that were written lately, so that equal ones are stored once. They are compared in the segment: no text is kept. */
import { Tag, tagOf } from '../layout.js';
import { stringEquals } from '../read/strings.js';
import type { Segment } from '../segment.js';

const PLACES = 8192;

/** Returns the hash that `RecentStrings` asks for: `hashNext` of each unit in turn, begun with the length. O(length). */
export function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = hashNext(hash, text.charCodeAt(i));
  return hash;
}

export function hashNext(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x9e3779b1);
}

export class RecentStrings {
  readonly #hashes = new Int32Array(PLACES);
  /** Slots of strings, by their hash; offset 0 is the header of the segment and never a string. */
  readonly #los = new Int32Array(PLACES);
  readonly #his = new Int32Array(PLACES);

  /** Returns the place, for `lo` and `hi`, of a string of this text; -1 where there is none. O(length). */
  find(segment: Segment, hash: number, text: string): number {
    const place = placeOf(hash);
    if (this.#los[place] === 0 || this.#hashes[place] !== hash) return -1;
    return stringEquals(segment, this.#los[place], this.#his[place], text) ? place : -1;
  }

  /** The same for a Latin-1 text of `length` characters, which lies at byte `at` too. */
  findLatin1(bytes: Uint8Array, hash: number, at: number, length: number): number {
    const place = placeOf(hash);
    const lo = this.#los[place] >>> 0;
    if (lo === 0 || this.#hashes[place] !== hash) return -1;
    const hi = this.#his[place];
    if (tagOf(hi) !== Tag.LATIN1 || (hi & 0xffff) !== length) return -1;
    for (let i = 0; i < length; i++) if (bytes[lo + i] !== bytes[at + i]) return -1;
    return place;
  }

  lo(place: number): number {
    return this.#los[place];
  }

  hi(place: number): number {
    return this.#his[place];
  }

  add(hash: number, lo: number, hi: number): void {
    const place = placeOf(hash);
    this.#hashes[place] = hash;
    this.#los[place] = lo;
    this.#his[place] = hi;
  }

  /** Forgets the strings at or above `byteOffset`: other bytes will stand there. */
  forgetFrom(byteOffset: number): void {
    for (let place = 0; place < PLACES; place++) if (this.#los[place] >>> 0 >= byteOffset) this.#los[place] = 0;
  }
}

function placeOf(hash: number): number {
  return (hash ^ (hash >>> 16)) & (PLACES - 1);
}
