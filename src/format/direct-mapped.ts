/**
 * A direct-mapped cache: each key belongs to one line, and a new key takes the line of the one before it. It forgets, so its user
 * must be able to do without: to read, write or copy once more what it does not find.
 *
 * This has the keys only, pairs of 32-bit numbers. Its user keeps what it knows of a key in arrays of its own, at the index of the
 * line: in an `Int32Array`, or in an array of one kind of object. So the code here sees numbers and nothing else, and the engine
 * compiles it into each of its users.
 */

/** 2^32 divided by the golden ratio: its multiples spread over all lines. */
const SPREAD = 0x9e3779b1;

export class DirectMapped {
  readonly lines: number;
  readonly #shift: number;
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  /** @param lineBits The cache has `2 ** lineBits` lines, 1 to 16 bits. */
  constructor(lineBits: number) {
    this.lines = 1 << lineBits;
    this.#shift = 32 - lineBits;
    this.#first = new Int32Array(this.lines);
    this.#second = new Int32Array(this.lines);
    this.#second[0] = NOT_OF_LINE_0;
  }

  /** Returns the line that holds the key, or -1. O(1). */
  find(first: number, second: number): number {
    const line = Math.imul(first ^ (second << 5), SPREAD) >>> this.#shift;
    return this.#first[line] === first && this.#second[line] === second ? line : -1;
  }

  /** Puts the key into its line, and returns the line. O(1). */
  put(first: number, second: number): number {
    const line = Math.imul(first ^ (second << 5), SPREAD) >>> this.#shift;
    this.#first[line] = first;
    this.#second[line] = second;
    return line;
  }

  /** Forgets every key. O(lines). */
  clear(): void {
    this.#first.fill(0);
    this.#second.fill(0);
    this.#second[0] = NOT_OF_LINE_0;
  }
}

/** An unused line holds a key of another line, so no key finds it: (0, 0) belongs to line 0, and (0, 1) does not. */
const NOT_OF_LINE_0 = 1;
