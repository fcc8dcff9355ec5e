/** The bytes that values take in a segment: nodes and strings, each counted once however many slots name it. */
import {
  arrayBytes,
  BRANCH_CHILDREN,
  branchBytes,
  bucketBytes,
  countOf,
  INDEX_CHILDREN,
  indexBytes,
  isString,
  Kind,
  OBJECT_ROOT_BYTES,
  objectBytes,
  padded,
  shapeBytes,
  Tag,
  tagOf,
  UNIT_BYTES,
  WIDE_OBJECT_BYTES,
} from '../layout.js';
import { isLeaf } from './array-index.js';
import type { Children } from './children.js';
import { checkTrieNode } from './hash-trie.js';
import type { Reader } from './reader.js';
import { locateString } from './strings.js';

/** Notes what was counted in one bit for each byte of the segment. */
export class OccupiedBytes {
  /** What was counted so far. */
  total = 0;
  readonly #reader: Reader;
  readonly #counted: Uint8Array;

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#counted = new Uint8Array((reader.segment.limit >>> 3) + 1);
  }

  /** Counts the nodes of a container and its keys, without the values in it. O(nodes) the first time. */
  container(lo: number, hi: number, { keyWords, words }: Children): void {
    const reader = this.#reader;
    switch (tagOf(hi)) {
      case Tag.OBJECT:
        if (!this.#claim(lo, objectBytes(words.length))) return;
        if (this.#claim(reader.shapeOf(lo).unit, shapeBytes(words.length))) this.#strings(keyWords);
        return;
      case Tag.ARRAY:
        this.#claim(lo, arrayBytes(words.length));
        return;
      case Tag.LARGE_ARRAY:
        this.#index(lo, reader.end);
        return;
      default:
        this.#largeObject(lo, keyWords);
    }
  }

  /** Counts the string of a slot; a short one is in its slot. O(1). */
  string(lo: number, hi: number): void {
    const tag = tagOf(hi);
    if (tag >= Tag.INLINE) return;
    const { start, length, wide } = locateString(this.#reader.segment, lo, hi);
    const sizeBytes = wide ? length * 2 : length;
    if (tag === Tag.LONG_STRING) this.#claim(lo, padded(UNIT_BYTES + sizeBytes));
    else this.#claimAt(start, sizeBytes);
  }

  #largeObject(unit: number, keyWords: Int32Array): void {
    const reader = this.#reader;
    if (reader.isWide(unit)) {
      if (!this.#claim(unit, WIDE_OBJECT_BYTES)) return;
      const { shape, values } = reader.wideOf(unit);
      this.#index(values, unit);
      // Lists that differ in a few keys share the nodes of the others.
      if (this.#index(shape.unit, unit)) this.#strings(keyWords);
    } else if (this.#claim(unit, OBJECT_ROOT_BYTES)) {
      this.#trie(reader.rootOf(unit).trie, unit, 0);
      this.#strings(keyWords);
    }
  }

  #strings(words: Int32Array): void {
    const { i32 } = this.#reader.segment;
    for (const word of words) if (isString(i32[word + 1])) this.string(i32[word], i32[word + 1]);
  }

  /** Counts the nodes of a large array at `unit`, of a node at `before`; false if they were counted before. */
  #index(unit: number, before: number): boolean {
    const reader = this.#reader;
    const count = reader.childCountOf(unit, before);
    if (!this.#claim(unit, indexBytes(count))) return false;
    for (let i = 0; i < count; i++) {
      const child = reader.segment.i32[unit * 2 + INDEX_CHILDREN + i * 2];
      if (isLeaf(reader, child, unit)) this.#claim(child, arrayBytes(reader.elementsOf(child, unit)));
      else this.#index(child, unit);
    }
    return true;
  }

  #trie(unit: number, before: number, level: number): void {
    const { segment } = this.#reader;
    const kind = checkTrieNode(segment, unit, before, level);
    const count = countOf(segment.i32[unit * 2 + 1]);
    if (!this.#claim(unit, kind === Kind.BUCKET ? bucketBytes(count) : branchBytes(count)) || kind === Kind.BUCKET)
      return;
    for (let i = 0; i < count; i++) this.#trie(segment.i32[unit * 2 + BRANCH_CHILDREN + i], unit, level + 1);
  }

  #claim(unit: number, sizeBytes: number): boolean {
    return this.#claimAt(unit * UNIT_BYTES, sizeBytes);
  }

  /** Counts what begins at a byte; false if it was counted before. */
  #claimAt(start: number, sizeBytes: number): boolean {
    const bit = 1 << (start & 7);
    const at = Math.floor(start / 8);
    if ((this.#counted[at] & bit) !== 0) return false;
    this.#counted[at] |= bit;
    this.total += sizeBytes;
    return true;
  }
}
