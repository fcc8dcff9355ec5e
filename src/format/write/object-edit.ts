/** Writes objects with one entry set or deleted. Small ones are written anew, large ones O(log n). */

import { hashKey } from '../hash.js';
import { hiOf, LARGE_MIN, OBJECT_SLOTS, ordinalLimit, Tag, tagOf } from '../layout.js';
import { childrenOf } from '../read/children.js';
import { findInTrie } from '../read/hash-trie.js';
import { arrayIndex } from '../read/reader.js';
import { writeObject, writeObjectRoot, writeSmallObject } from './object-write.js';
import { deleteFromTrie, setInTrie } from './trie-write.js';
import type { Writer } from './writer.js';

/** Writes the object of a slot with `key` set, new keys last; the writer's result is the new slot. */
export function setEntry(writer: Writer, lo: number, hi: number, key: string, valueLo: number, valueHi: number): void {
  if (tagOf(hi) === Tag.LARGE_OBJECT) {
    setInLarge(writer, lo, key, valueLo, valueHi);
    return;
  }
  const shape = writer.reader.shapeOf(lo);
  const position = shape.find(key);
  const count = shape.keys.length;
  const slots = lo * 2 + OBJECT_SLOTS;
  const words = Array.from(writer.segment.i32.subarray(slots, slots + count * 2));
  if (position >= 0) {
    words.splice(position * 2, 2, valueLo, valueHi);
    writeSmallObject(writer, shape.unit, Int32Array.from(words), 0, count);
    return;
  }
  const place = placeOfNewKey(shape.keys, key);
  words.splice(place * 2, 0, valueLo, valueHi);
  writeObject(writer, shape.keys.toSpliced(place, 0, key), Int32Array.from(words), 0);
}

/** Where JSON's order puts a new key: integer-like ones ascending before all others. */
function placeOfNewKey(keys: readonly string[], key: string): number {
  const index = arrayIndex(key);
  if (index < 0) return keys.length;
  const behind = keys.findIndex((name) => {
    const other = arrayIndex(name);
    return other < 0 || other > index;
  });
  return behind < 0 ? keys.length : behind;
}

/** A new key takes the next ordinal, which may be one more then: the limit grows by four with each entry, and deletions see to it. */
function setInLarge(writer: Writer, unit: number, key: string, lo: number, hi: number): void {
  const entries = writer.reader.entriesOf(unit);
  const { i32 } = writer.segment;
  const [ordinal, trie] = [i32[unit * 2 + 3] >>> 0, i32[unit * 2 + 4]];
  const isNew = findInTrie(writer.segment, trie, unit, key) < 0;
  const hash = hashKey(key, writer.segment.hashSeed);
  const changed = setInTrie(writer, trie, unit, { key, hash, lo, hi, ordinal });
  writeObjectRoot(writer, changed, entries + (isNew ? 1 : 0), ordinal + (isNew ? 1 : 0));
}

/** Writes a large object anew with those entries whose keys `keep` takes, and dense ordinals. O(n). */
function rewrite(writer: Writer, unit: number, keep: (key: string) => boolean): void {
  const { keys, words } = childrenOf(writer.reader, unit, hiOf(Tag.LARGE_OBJECT));
  const { i32 } = writer.segment;
  const kept = keys?.filter(keep) ?? [];
  const slots = new Int32Array(kept.length * 2);
  let to = 0;
  keys?.forEach((key, i) => {
    if (!keep(key)) return;
    slots[to++] = i32[words[i]];
    slots[to++] = i32[words[i] + 1];
  });
  writeObject(writer, kept, slots, 0);
}

/** Writes the object of a slot without `key`, which it has; the writer's result is the new slot. */
export function deleteEntry(writer: Writer, lo: number, hi: number, key: string): void {
  if (tagOf(hi) === Tag.LARGE_OBJECT) {
    deleteFromLarge(writer, lo, key);
    return;
  }
  const shape = writer.reader.shapeOf(lo);
  const position = shape.find(key);
  const slots = lo * 2 + OBJECT_SLOTS;
  const words = Array.from(writer.segment.i32.subarray(slots, slots + shape.keys.length * 2));
  words.splice(position * 2, 2);
  writeObject(writer, shape.keys.toSpliced(position, 1), Int32Array.from(words), 0);
}

function deleteFromLarge(writer: Writer, unit: number, key: string): void {
  const entries = writer.reader.entriesOf(unit) - 1;
  if (entries < LARGE_MIN) {
    rewrite(writer, unit, (name) => name !== key);
    return;
  }
  const { i32 } = writer.segment;
  const [ordinal, trie] = [i32[unit * 2 + 3] >>> 0, i32[unit * 2 + 4]];
  if (ordinal > ordinalLimit(entries)) {
    rewrite(writer, unit, (name) => name !== key);
    return;
  }
  const changed = deleteFromTrie(writer, trie, unit, key, hashKey(key, writer.segment.hashSeed));
  writeObjectRoot(writer, changed, entries, ordinal);
}
