/**
 * The index of large objects: a hash trie of branches (32 ways by 5 bits of the key's hash, absent children left out) over buckets of entries.
 * Changing one entry rewrites its bucket and the branches above it. Entries carry an ordinal, because JSON's key order is not the order of hashes.
 */
import { corrupt } from '../corrupt.js';
import { hashKey } from '../hash.js';
import {
  BRANCH_BITS,
  BRANCH_CHILDREN,
  BRANCH_LEVELS,
  BUCKET_HASHES,
  branchBytes,
  bucketBytes,
  countOf,
  FIRST_UNIT,
  isString,
  Kind,
  kindOf,
} from '../layout.js';
import type { Segment } from '../segment.js';
import { stringEquals } from './strings.js';

/**
 * Returns the word of the value slot of a key in the trie at `unit`, or -1. O(log n). The key is `text`, or the part of it from `from` to before
 * `to`.
 */
export function findInTrie(
  segment: Segment,
  unit: number,
  before: number,
  text: string,
  from = 0,
  to: number = text.length,
): number {
  const { i32 } = segment;
  const hash = hashKey(text, segment.hashSeed, from, to);
  let at = unit;
  let limit = before;
  for (let level = 0; ; level++) {
    const kind = checkTrieNode(segment, at, limit, level);
    const word = at * 2;
    if (kind === Kind.BUCKET) return findInBucket(segment, at, hash, text, from, to);
    const bit = 1 << ((hash >>> (level * BRANCH_BITS)) & 31);
    const bitmap = i32[word + 2];
    if ((bitmap & bit) === 0) return -1;
    limit = at;
    at = i32[word + BRANCH_CHILDREN + popcount(bitmap & (bit - 1))];
  }
}

function findInBucket(segment: Segment, unit: number, hash: number, text: string, from: number, to: number): number {
  const { i32 } = segment;
  const word = unit * 2;
  const count = countOf(i32[word + 1]);
  for (let i = 0; i < count; i++) {
    if (i32[word + BUCKET_HASHES + i] !== hash) continue;
    const keyWord = bucketKey(word, count, i);
    if (!isString(i32[keyWord + 1])) throw corrupt('a key is no string');
    if (stringEquals(segment, i32[keyWord], i32[keyWord + 1], text, from, to)) return keyWord + count * 2;
  }
  return -1;
}

/** The word of key slot `i` of a bucket; its value slot lies `2 × count` words behind. */
export function bucketKey(word: number, count: number, i: number): number {
  return word + BUCKET_HASHES + count * 2 + i * 2;
}

/** The word of ordinal `i` of a bucket. */
export function bucketOrdinal(word: number, count: number, i: number): number {
  return word + BUCKET_HASHES + count + i;
}

/** Checks that a branch or bucket lies at `unit`, ends before `before` and may stand at `level`; returns its kind. */
export function checkTrieNode(segment: Segment, unit: number, before: number, level: number): number {
  if (unit < FIRST_UNIT || unit >= before) throw corrupt('the index of a large object leads outside of it');
  const header = segment.i32[unit * 2 + 1];
  const kind = kindOf(header);
  const count = countOf(header);
  if (kind === Kind.BRANCH) {
    if (
      level >= BRANCH_LEVELS ||
      unit * 8 + branchBytes(count) > before * 8 ||
      count !== popcount(segment.i32[unit * 2 + 2])
    ) {
      throw corrupt('a branch of a large object is malformed');
    }
  } else if (kind !== Kind.BUCKET || unit * 8 + bucketBytes(count) > before * 8) {
    throw corrupt('a bucket of a large object is malformed');
  }
  // Empty nodes could be shared by the million without two entries of one ordinal.
  if (count === 0) throw corrupt('a node of a large object is empty');
  return kind;
}

/** Called for each entry of a trie: the words of its key and value slots, and its ordinal. */
export type EntryVisitor = (keyWord: number, valueWord: number, ordinal: number) => void;

/** Visits the entries of the trie at `unit` in the order of their hashes. O(n). */
export function visitTrie(segment: Segment, unit: number, before: number, visit: EntryVisitor, level = 0): void {
  const { i32 } = segment;
  const word = unit * 2;
  const kind = checkTrieNode(segment, unit, before, level);
  const count = countOf(i32[word + 1]);
  if (kind === Kind.BRANCH) {
    for (let i = 0; i < count; i++) visitTrie(segment, i32[word + BRANCH_CHILDREN + i], unit, visit, level + 1);
    return;
  }
  for (let i = 0; i < count; i++) {
    const keyWord = bucketKey(word, count, i);
    if (!isString(i32[keyWord + 1])) throw corrupt('a key is no string');
    visit(keyWord, keyWord + count * 2, i32[bucketOrdinal(word, count, i)] >>> 0);
  }
}

/** The number of set bits of a 32-bit word. */
export function popcount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
