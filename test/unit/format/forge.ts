import { hashKey } from '../../../src/format/hash.js';
import {
  arrayBytes,
  BRANCH_CHILDREN,
  BUCKET_HASHES,
  branchBytes,
  bucketBytes,
  hiOf,
  indexBytes,
  Kind,
  objectBytes,
  shapeBytes,
  Tag,
} from '../../../src/format/layout.js';
import { Writer } from '../../../src/format/write/writer.js';
import { MemorySegment } from '../memory-segment.js';

/** A slot. */
export type Slot = readonly [lo: number, hi: number];

/** An entry of a bucket. */
export interface ForgedEntry {
  readonly hash: number;
  readonly ordinal: number;
  readonly key: Slot;
  readonly value: Slot;
}

/** Writes nodes as no master would: each as it is told, with whatever references and counts. Returns units. */
export class Forge {
  readonly writer: Writer;
  readonly segment: MemorySegment;

  constructor(capacity = 1 << 16) {
    this.segment = new MemorySegment({ capacity });
    this.writer = new Writer(this.segment);
  }

  /** Bytes for strings, each of `byte`; returns the offset of the first. */
  bytes(length: number, byte = 97): number {
    const start = this.writer.allocate(Math.ceil(length / 8) * 8) * 4;
    this.segment.bytes.fill(byte, start, start + length);
    return start;
  }

  array(slots: readonly Slot[], count = slots.length): number {
    const word = this.writer.node(Kind.ARRAY, count, arrayBytes(slots.length));
    this.#put(word + 2, slots.flat());
    return word / 2;
  }

  shape(keys: readonly Slot[]): number {
    const word = this.writer.node(Kind.SHAPE, keys.length, shapeBytes(keys.length));
    this.#put(word + 2, keys.flat());
    return word / 2;
  }

  object(shape: number, slots: readonly Slot[]): number {
    const word = this.writer.node(Kind.OBJECT, slots.length, objectBytes(slots.length));
    this.#put(word + 2, [shape, 0, ...slots.flat()]);
    return word / 2;
  }

  /** Children with the number of elements up to and with each. */
  index(children: readonly (readonly [unit: number, end: number])[]): number {
    const word = this.writer.node(Kind.ARRAY_INDEX, children.length, indexBytes(children.length));
    this.#put(word + 2, children.flat());
    return word / 2;
  }

  branch(bitmap: number, children: readonly number[]): number {
    const word = this.writer.node(Kind.BRANCH, children.length, branchBytes(children.length));
    this.#put(word + 2, [bitmap]);
    this.#put(word + BRANCH_CHILDREN, children);
    return word / 2;
  }

  bucket(entries: readonly ForgedEntry[]): number {
    const word = this.writer.node(Kind.BUCKET, entries.length, bucketBytes(entries.length));
    this.#put(word + BUCKET_HASHES, [
      ...entries.map(({ hash }) => hash),
      ...entries.map(({ ordinal }) => ordinal),
      ...entries.flatMap(({ key }) => key),
      ...entries.flatMap(({ value }) => value),
    ]);
    return word / 2;
  }

  root(trie: number, entries: number, nextOrdinal = entries): number {
    const word = this.writer.node(Kind.OBJECT_ROOT, 0, 24);
    this.#put(word + 2, [entries, nextOrdinal, trie, 0]);
    return word / 2;
  }

  /** An object whose keys and values are the elements of two large arrays. */
  wide(keys: number, values: number): number {
    const word = this.writer.node(Kind.WIDE_OBJECT, 0, 16);
    this.#put(word + 2, [keys, values]);
    return word / 2;
  }

  hash(key: string): number {
    return hashKey(key, this.segment.hashSeed);
  }

  #put(word: number, words: readonly number[]): void {
    this.segment.i32.set(words, word);
  }
}

export const integer = (value: number): Slot => [value, hiOf(Tag.INTEGER)];
export const latin1 = (start: number, length: number): Slot => [start, hiOf(Tag.LATIN1, length)];
export const inline = (letter: string): Slot => [letter.charCodeAt(0), hiOf(Tag.INLINE + 1)];
export const arrayAt = (unit: number): Slot => [unit, hiOf(Tag.ARRAY)];
export const objectAt = (unit: number): Slot => [unit, hiOf(Tag.OBJECT)];
export const largeArrayAt = (unit: number): Slot => [unit, hiOf(Tag.LARGE_ARRAY)];
export const largeObjectAt = (unit: number): Slot => [unit, hiOf(Tag.LARGE_OBJECT)];
