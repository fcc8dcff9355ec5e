/** Writes the hash trie of large objects: whole, and with one entry set or deleted. Reading is in `hash-trie.ts`. */
import { JsonMmapError } from '../../errors.js';
import {
  BRANCH_BITS,
  BRANCH_CHILDREN,
  BRANCH_LEVELS,
  BUCKET_HASHES,
  BUCKET_MAX,
  branchBytes,
  bucketBytes,
  COUNT_MAX,
  countOf,
  Kind,
} from '../layout.js';
import { bucketKey, bucketOrdinal, checkTrieNode, popcount } from '../read/hash-trie.js';
import { stringEquals } from '../read/strings.js';
import type { Writer } from './writer.js';

/** Entries side by side; keys and values are slots of two words. */
export interface TrieEntries {
  readonly hashes: Int32Array;
  readonly ordinals: Int32Array;
  readonly keys: Int32Array;
  readonly values: Int32Array;
}

/** Writes a trie of all `entries` and returns its unit. O(n log n) with base 32. */
export function buildTrie(writer: Writer, entries: TrieEntries): number {
  const all = Uint32Array.from({ length: entries.hashes.length }, (_, i) => i);
  return buildNode(writer, entries, all, 0);
}

function buildNode(writer: Writer, entries: TrieEntries, members: Uint32Array, level: number): number {
  if (members.length <= BUCKET_MAX || level === BRANCH_LEVELS) return writeBucket(writer, entries, members);
  const groups = partition(entries.hashes, members, level);
  const children: number[] = [];
  let bitmap = 0;
  for (let way = 0; way < groups.length; way++) {
    if (groups[way].length === 0) continue;
    bitmap |= 1 << way;
    children.push(buildNode(writer, entries, groups[way], level + 1));
  }
  return writeBranch(writer, bitmap, children);
}

/** Splits `members` by five bits of their hash, keeping their order. */
function partition(hashes: Int32Array, members: Uint32Array, level: number): Uint32Array[] {
  const shift = level * BRANCH_BITS;
  const starts = new Uint32Array(33);
  for (const member of members) starts[((hashes[member] >>> shift) & 31) + 1]++;
  for (let way = 0; way < 32; way++) starts[way + 1] += starts[way];
  const sorted = new Uint32Array(members.length);
  const next = starts.slice(0, 32);
  for (const member of members) sorted[next[(hashes[member] >>> shift) & 31]++] = member;
  return Array.from({ length: 32 }, (_, way) => sorted.subarray(starts[way], starts[way + 1]));
}

function writeBucket(writer: Writer, entries: TrieEntries, members: ArrayLike<number>): number {
  const count = members.length;
  if (count > COUNT_MAX) throw new JsonMmapError('ERR_TOO_LARGE', `${count} keys of one object share a hash`);
  const word = writer.node(Kind.BUCKET, count, bucketBytes(count));
  const { i32 } = writer.segment;
  for (let i = 0; i < count; i++) {
    const member = members[i];
    i32[word + BUCKET_HASHES + i] = entries.hashes[member];
    i32[bucketOrdinal(word, count, i)] = entries.ordinals[member];
    const key = bucketKey(word, count, i);
    i32[key] = entries.keys[member * 2];
    i32[key + 1] = entries.keys[member * 2 + 1];
    i32[key + count * 2] = entries.values[member * 2];
    i32[key + count * 2 + 1] = entries.values[member * 2 + 1];
  }
  return word >>> 1;
}

/** Writes a branch over `children`, one for each set bit of `bitmap`, and returns its unit. */
function writeBranch(writer: Writer, bitmap: number, children: ArrayLike<number>): number {
  const count = children.length;
  const word = writer.node(Kind.BRANCH, count, branchBytes(count));
  const { i32 } = writer.segment;
  i32[word + 2] = bitmap;
  for (let i = 0; i < count; i++) i32[word + BRANCH_CHILDREN + i] = children[i];
  if (count % 2 === 0) i32[word + BRANCH_CHILDREN + count] = 0;
  return word >>> 1;
}

/** One entry to be set: its key is written only when the trie does not have it. */
export interface NewEntry {
  readonly key: string;
  readonly hash: number;
  readonly lo: number;
  readonly hi: number;
  /** The ordinal, if the key is new. */
  readonly ordinal: number;
}

/** Writes the trie at `unit` with `entry` set; returns the new unit. O(log n): the bucket and the branches above it. */
export function setInTrie(writer: Writer, unit: number, before: number, entry: NewEntry, level = 0): number {
  const { segment } = writer;
  const word = unit * 2;
  if (checkTrieNode(segment, unit, before, level) === Kind.BUCKET) return setInBucket(writer, unit, entry, level);
  const bit = 1 << ((entry.hash >>> (level * BRANCH_BITS)) & 31);
  const bitmap = segment.i32[word + 2];
  const place = popcount(bitmap & (bit - 1));
  const children = Array.from(segment.i32.subarray(word + BRANCH_CHILDREN, word + BRANCH_CHILDREN + popcount(bitmap)));
  if ((bitmap & bit) !== 0) {
    children[place] = setInTrie(writer, children[place], unit, entry, level + 1);
  } else {
    children.splice(place, 0, writeBucket(writer, entriesWith(writer, undefined, -1, entry), [0]));
  }
  return writeBranch(writer, bitmap | bit, children);
}

function setInBucket(writer: Writer, unit: number, entry: NewEntry, level: number): number {
  const found = placeInBucket(writer, unit, entry.hash, entry.key);
  const entries = entriesWith(writer, unit, found, entry);
  const all = Uint32Array.from({ length: entries.hashes.length }, (_, i) => i);
  return buildNode(writer, entries, all, level);
}

function placeInBucket(writer: Writer, unit: number, hash: number, key: string): number {
  const { segment } = writer;
  const word = unit * 2;
  const count = countOf(segment.i32[word + 1]);
  for (let i = 0; i < count; i++) {
    const keyWord = bucketKey(word, count, i);
    if (segment.i32[word + BUCKET_HASHES + i] !== hash) continue;
    if (stringEquals(segment, segment.i32[keyWord], segment.i32[keyWord + 1], key)) return i;
  }
  return -1;
}

/** The entries of the bucket at `unit` (none if undefined) with `entry` at `place`, or behind the others for -1. */
function entriesWith(writer: Writer, unit: number | undefined, place: number, entry: NewEntry): TrieEntries {
  if (place < 0) writer.strings.write(entry.key);
  const { lo, hi } = writer;
  const entries = unit === undefined ? emptyEntries(1) : entriesOfBucket(writer, unit, place < 0 ? 1 : 0);
  const at = place < 0 ? entries.hashes.length - 1 : place;
  if (place < 0) {
    entries.hashes[at] = entry.hash;
    entries.ordinals[at] = entry.ordinal;
    entries.keys[at * 2] = lo;
    entries.keys[at * 2 + 1] = hi;
  }
  entries.values[at * 2] = entry.lo;
  entries.values[at * 2 + 1] = entry.hi;
  return entries;
}

function emptyEntries(count: number): TrieEntries {
  return {
    hashes: new Int32Array(count),
    ordinals: new Int32Array(count),
    keys: new Int32Array(count * 2),
    values: new Int32Array(count * 2),
  };
}

function entriesOfBucket(writer: Writer, unit: number, extra: number): TrieEntries {
  const { i32 } = writer.segment;
  const word = unit * 2;
  const count = countOf(i32[word + 1]);
  const entries = emptyEntries(count + extra);
  const hashes = word + BUCKET_HASHES;
  entries.hashes.set(i32.subarray(hashes, hashes + count));
  entries.ordinals.set(i32.subarray(hashes + count, hashes + count * 2));
  entries.keys.set(i32.subarray(hashes + count * 2, hashes + count * 4));
  entries.values.set(i32.subarray(hashes + count * 4, hashes + count * 6));
  return entries;
}

/**
 * Writes the trie at `unit` without `key`, which it has; returns the new unit, or -1 when nothing is left. O(log n). A branch whose
 * last children are one bucket is replaced by it, so the trie does not keep the height it once had.
 */
export function deleteFromTrie(
  writer: Writer,
  unit: number,
  before: number,
  key: string,
  hash: number,
  level = 0,
): number {
  const { segment } = writer;
  const word = unit * 2;
  if (checkTrieNode(segment, unit, before, level) === Kind.BUCKET) return deleteFromBucket(writer, unit, key, hash);
  const bit = 1 << ((hash >>> (level * BRANCH_BITS)) & 31);
  const bitmap = segment.i32[word + 2];
  const place = popcount(bitmap & (bit - 1));
  const children = Array.from(segment.i32.subarray(word + BRANCH_CHILDREN, word + BRANCH_CHILDREN + popcount(bitmap)));
  const child = deleteFromTrie(writer, children[place], unit, key, hash, level + 1);
  if (child >= 0) {
    children[place] = child;
    if (children.length === 1 && checkTrieNode(segment, child, writer.reader.end, level + 1) === Kind.BUCKET)
      return child;
    return writeBranch(writer, bitmap, children);
  }
  children.splice(place, 1);
  if (children.length === 0) return -1;
  if (children.length === 1 && checkTrieNode(segment, children[0], unit, level + 1) === Kind.BUCKET) return children[0];
  return writeBranch(writer, bitmap & ~bit, children);
}

function deleteFromBucket(writer: Writer, unit: number, key: string, hash: number): number {
  const place = placeInBucket(writer, unit, hash, key);
  const entries = entriesOfBucket(writer, unit, 0);
  const rest = Array.from(entries.hashes.keys()).filter((i) => i !== place);
  return rest.length === 0 ? -1 : writeBucket(writer, entries, rest);
}
