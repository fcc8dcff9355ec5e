/** Writes whole objects: small ones as a shape and slots, large ones as a wide object or as a hash trie built bottom-up. */

import { hashKey } from '../hash.js';
import {
  hiOf,
  Kind,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  SHARED_LEAF_MAX,
  SMALL_OBJECT_MAX,
  Tag,
} from '../layout.js';
import { integerFirstOrder } from '../read/entries.js';
import type { KeyPath } from './shape-table.js';
import { buildTrie, type TrieEntries } from './trie-write.js';
import { writeIfWide } from './wide-write.js';
import type { Writer } from './writer.js';

/**
 * Writes an object of `keys`, whose value slots lie in `words` from `base` on; the writer's result is its slot. O(n). Keys that do not stand in
 * JSON's order (a proxy can list them so) are put there.
 */
export function writeObject(writer: Writer, keys: readonly string[], words: Int32Array, base: number): void {
  if (keys.length > SMALL_OBJECT_MAX) {
    if (!writeIfWide(writer, keys, words, base)) writeTrieObject(writer, keys, words, base);
    return;
  }
  writeShaped(writer, writer.shapes.of(keys), words, base);
}

/** The same for the keys of `path`. */
export function writeShaped(writer: Writer, path: KeyPath, words: Int32Array, base: number): void {
  const order = path.unit < 0 ? integerFirstOrder(path.list()) : undefined;
  if (order === undefined) {
    writeSmallObject(writer, writer.shape(path), words, base, path.count);
    return;
  }
  const keys = path.list();
  const sorted = writer.shapes.of(order.map((i) => keys[i]));
  writeShaped(writer, sorted, permuted(words, base, order), 0);
}

/** Writes a small object of the `count` value slots in `words` from `base` on; the writer's result is its slot. O(n). */
export function writeSmallObject(writer: Writer, shape: number, words: Int32Array, base: number, count: number): void {
  const { leaves, segment } = writer;
  const mayShare = count <= SHARED_LEAF_MAX;
  if (mayShare) {
    const shared = leaves.find(segment, (count << 4) | Kind.OBJECT, shape, words, base, count, OBJECT_SLOTS);
    if (shared !== 0) {
      writer.result(shared, hiOf(Tag.OBJECT));
      return;
    }
  }
  const word = writer.node(Kind.OBJECT, count, objectBytes(count));
  if (mayShare) leaves.add(word >>> 1);
  const { i32 } = writer.segment;
  i32[word + 2] = shape;
  i32[word + 3] = 0;
  for (let i = 0, to = word + OBJECT_SLOTS; i < count * 2; i++) i32[to + i] = words[base + i];
  writer.result(word >>> 1, hiOf(Tag.OBJECT));
}

function permuted(words: Int32Array, base: number, order: number[]): Int32Array {
  const moved = new Int32Array(order.length * 2);
  order.forEach((from, to) => {
    moved[to * 2] = words[base + from * 2];
    moved[to * 2 + 1] = words[base + from * 2 + 1];
  });
  return moved;
}

/** Writes an object of `keys` as a hash trie; the writer's result is its slot. O(n). */
export function writeTrieObject(writer: Writer, keys: readonly string[], words: Int32Array, base: number): void {
  const count = keys.length;
  const entries: TrieEntries = {
    hashes: new Int32Array(count),
    ordinals: new Int32Array(count),
    keys: new Int32Array(count * 2),
    values: words.slice(base, base + count * 2),
  };
  const { hashSeed } = writer.segment;
  for (let i = 0; i < count; i++) {
    writer.strings.write(keys[i]);
    entries.keys[i * 2] = writer.lo;
    entries.keys[i * 2 + 1] = writer.hi;
    entries.hashes[i] = hashKey(keys[i], hashSeed);
    entries.ordinals[i] = i;
  }
  writeObjectRoot(writer, buildTrie(writer, entries), count, count);
}

/** Writes the root of a large object over the trie at unit `trie`; the writer's result is its slot. */
export function writeObjectRoot(writer: Writer, trie: number, entries: number, nextOrdinal: number): void {
  const word = writer.node(Kind.OBJECT_ROOT, 0, OBJECT_ROOT_BYTES);
  const { i32 } = writer.segment;
  i32[word + 2] = entries;
  i32[word + 3] = nextOrdinal;
  i32[word + 4] = trie;
  i32[word + 5] = 0;
  writer.result(word >>> 1, hiOf(Tag.LARGE_OBJECT));
}
