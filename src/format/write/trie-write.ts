/** Writes the hash trie of large objects: whole, and with one entry replaced, inserted or deleted. Reading is in `hash-trie.ts`. */
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
  return buildNode(writer, entries, allOf(entries), 0);
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
  if (count > COUNT_MAX)
    throw new JsonMmapError('ERR_TOO_LARGE', `${count} keys of one object have the same hash`, {
      cure: `use other keys`,
    });
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

/** Writes the trie at `unit` with another value in the slot at `word`, which belongs to a key of this hash; returns the new unit. O(log n). */
export function replaceInTrie(
  writer: Writer,
  unit: number,
  before: number,
  { hash, word, lo, hi }: { hash: number; word: number; lo: number; hi: number },
  level = 0,
): number {
  const { segment } = writer;
  const kind = checkTrieNode(segment, unit, before, level);
  const from = unit * 2;
  const count = countOf(segment.i32[from + 1]);
  if (kind === Kind.BUCKET) {
    const to = writer.again(unit, bucketBytes(count));
    const { i32 } = segment;
    i32[to + word - from] = lo;
    i32[to + word - from + 1] = hi;
    return to >>> 1;
  }
  const place = placeOf(segment.i32[from + 2], wayOf(hash, level));
  const child = segment.i32[from + BRANCH_CHILDREN + place];
  const changed = replaceInTrie(writer, child, unit, { hash, word, lo, hi }, level + 1);
  const to = writer.again(unit, branchBytes(count));
  segment.i32[to + BRANCH_CHILDREN + place] = changed;
  return to >>> 1;
}

/** An entry with a key that the trie does not have; key and value are slots. */
export interface NewEntry {
  readonly hash: number;
  readonly ordinal: number;
  readonly keyLo: number;
  readonly keyHi: number;
  readonly lo: number;
  readonly hi: number;
}

/** Writes the trie at `unit` with one entry more; returns the new unit. O(log n): the bucket and the branches above it. */
export function insertInTrie(writer: Writer, unit: number, before: number, entry: NewEntry, level = 0): number {
  const { segment } = writer;
  if (checkTrieNode(segment, unit, before, level) === Kind.BUCKET) return insertInBucket(writer, unit, entry, level);
  const from = unit * 2;
  const count = countOf(segment.i32[from + 1]);
  const way = wayOf(entry.hash, level);
  const bitmap = segment.i32[from + 2];
  const place = placeOf(bitmap, way);
  if ((bitmap & (1 << way)) !== 0) {
    const child = segment.i32[from + BRANCH_CHILDREN + place];
    const changed = insertInTrie(writer, child, unit, entry, level + 1);
    const to = writer.again(unit, branchBytes(count));
    segment.i32[to + BRANCH_CHILDREN + place] = changed;
    return to >>> 1;
  }
  const children = childUnitsOf(writer, unit, count);
  children.splice(place, 0, writeBucket(writer, entriesWith(emptyEntries(1), entry), [0]));
  return writeBranch(writer, bitmap | (1 << way), children);
}

function insertInBucket(writer: Writer, unit: number, entry: NewEntry, level: number): number {
  const entries = entriesWith(entriesOfBucket(writer, unit, 1), entry);
  return buildNode(writer, entries, allOf(entries), level);
}

/** Which of 32 ways a hash takes at a level. */
function wayOf(hash: number, level: number): number {
  return (hash >>> (level * BRANCH_BITS)) & 31;
}

/** How many children of a branch stand before the one of `way`. */
function placeOf(bitmap: number, way: number): number {
  return popcount(bitmap & ((1 << way) - 1));
}

function childUnitsOf(writer: Writer, unit: number, count: number): number[] {
  const first = unit * 2 + BRANCH_CHILDREN;
  return Array.from(writer.segment.i32.subarray(first, first + count));
}

/** Puts `entry` into the last place of `entries`. */
function entriesWith(entries: TrieEntries, entry: NewEntry): TrieEntries {
  const last = entries.hashes.length - 1;
  entries.hashes[last] = entry.hash;
  entries.ordinals[last] = entry.ordinal;
  entries.keys[last * 2] = entry.keyLo;
  entries.keys[last * 2 + 1] = entry.keyHi;
  entries.values[last * 2] = entry.lo;
  entries.values[last * 2 + 1] = entry.hi;
  return entries;
}

function allOf({ hashes }: TrieEntries): Uint32Array {
  const all = new Uint32Array(hashes.length);
  for (let i = 0; i < all.length; i++) all[i] = i;
  return all;
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
 * Writes the trie at `unit` without the entry whose value slot is at `word`, and whose key has this hash; returns the new unit, or -1 when
 * nothing is left. O(log n). A branch whose last children are one bucket is replaced by it, so the trie does not keep the height it once had.
 */
export function deleteFromTrie(
  writer: Writer,
  unit: number,
  before: number,
  { hash, word }: { hash: number; word: number },
  level = 0,
): number {
  const { segment } = writer;
  if (checkTrieNode(segment, unit, before, level) === Kind.BUCKET) return deleteFromBucket(writer, unit, word);
  const way = wayOf(hash, level);
  const bitmap = segment.i32[unit * 2 + 2];
  const place = placeOf(bitmap, way);
  const children = childUnitsOf(writer, unit, popcount(bitmap));
  const child = deleteFromTrie(writer, children[place], unit, { hash, word }, level + 1);
  if (child >= 0) {
    children[place] = child;
    if (children.length === 1 && checkTrieNode(segment, child, writer.reader.end, level + 1) === Kind.BUCKET)
      return child;
    return writeBranch(writer, bitmap, children);
  }
  children.splice(place, 1);
  if (children.length === 0) return -1;
  if (children.length === 1 && checkTrieNode(segment, children[0], unit, level + 1) === Kind.BUCKET) return children[0];
  return writeBranch(writer, bitmap & ~(1 << way), children);
}

function deleteFromBucket(writer: Writer, unit: number, word: number): number {
  const entries = entriesOfBucket(writer, unit, 0);
  const count = entries.hashes.length;
  const place = (word - bucketKey(unit * 2, count, count)) / 2; // the value slots stand behind the key slots
  const rest = allOf(entries).filter((i) => i !== place);
  return rest.length === 0 ? -1 : writeBucket(writer, entries, rest);
}
