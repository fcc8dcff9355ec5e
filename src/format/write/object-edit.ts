/** Writes objects with one entry replaced, added or deleted. Small ones are rewritten, large ones take O(log n). */

import { hashKey } from '../hash.js';
import { arrayIndex } from '../index-key.js';
import {
  countOf,
  hiOf,
  isContainer,
  LARGE_MIN,
  OBJECT_SLOTS,
  objectBytes,
  ordinalLimit,
  SMALL_OBJECT_MAX,
  Tag,
  tagOf,
  WIDE_OBJECT_MAX,
} from '../layout.js';
import { childrenOf } from '../read/children.js';
import { writeObject, writeObjectRoot, writeSmallObject, writeTrieObject } from './object-write.js';
import { deleteFromTrie, insertInTrie, replaceInTrie } from './trie-write.js';
import { insertInWide, removeFromWide, setInWide } from './wide-write.js';
import type { Writer } from './writer.js';

/** The slots of a small object on their way to another node; one more than it may have, for a key that makes it large. */
const scratch = new Int32Array((SMALL_OBJECT_MAX + 1) * 2);

/** Writes the object of a slot with `key` set, new keys last; the writer's result is the new slot. O(1) small, O(log n) large. */
export function setEntry(writer: Writer, lo: number, hi: number, key: string, valueLo: number, valueHi: number): void {
  const word = writer.reader.entry(lo, hi, key);
  if (word < 0) addEntry(writer, lo, hi, key, valueLo, valueHi);
  else replaceEntry(writer, lo, hi, key, word, valueLo, valueHi);
}

/** Writes the object of a slot with another value for `key`, whose slot is at `word`; the writer's result is the new slot. */
export function replaceEntry(
  writer: Writer,
  lo: number,
  hi: number,
  key: string,
  word: number,
  valueLo: number,
  valueHi: number,
): void {
  if (tagOf(hi) === Tag.LARGE_OBJECT) {
    if (writer.reader.isWide(lo)) setInWide(writer, lo, key, valueLo, valueHi);
    else replaceInLarge(writer, lo, { hash: hashKey(key, writer.segment.hashSeed), word, lo: valueLo, hi: valueHi });
    return;
  }
  if (isContainer(valueHi)) {
    // Only containers of scalars are shared, so there is no equal one to look for.
    const copy = writer.again(lo, objectBytes(countOf(writer.segment.i32[lo * 2 + 1])));
    const { i32 } = writer.segment;
    i32[copy + word - lo * 2] = valueLo;
    i32[copy + word - lo * 2 + 1] = valueHi;
    writer.result(copy >>> 1, hi);
    return;
  }
  const { unit, keys } = writer.reader.shapeOf(lo);
  const slots = lo * 2 + OBJECT_SLOTS;
  fillScratch(writer, slots, keys.length, 0);
  scratch[word - slots] = valueLo;
  scratch[word - slots + 1] = valueHi;
  writeSmallObject(writer, unit, scratch, 0, keys.length);
}

/** Writes the object of a slot with `key`, which it does not have; the writer's result is the new slot. */
export function addEntry(writer: Writer, lo: number, hi: number, key: string, valueLo: number, valueHi: number): void {
  if (tagOf(hi) === Tag.LARGE_OBJECT) {
    if (writer.reader.isWide(lo)) addToWide(writer, lo, key, valueLo, valueHi);
    else addToLarge(writer, lo, key, valueLo, valueHi);
    return;
  }
  const { keys } = writer.reader.shapeOf(lo);
  const position = positionOfNewKey(keys, key);
  fillScratch(writer, lo * 2 + OBJECT_SLOTS, keys.length, 0);
  scratch.copyWithin((position + 1) * 2, position * 2, keys.length * 2);
  scratch[position * 2] = valueLo;
  scratch[position * 2 + 1] = valueHi;
  writeObject(writer, keys.toSpliced(position, 0, key), scratch, 0);
}

/** Puts `count` slots from `word` on into the scratch, from slot `to` on. */
function fillScratch(writer: Writer, word: number, count: number, to: number): void {
  const { i32 } = writer.segment;
  for (let i = 0; i < count * 2; i++) scratch[to * 2 + i] = i32[word + i];
}

/** Where JSON's order puts a new key: integer-like ones ascending before all others. */
function positionOfNewKey(keys: readonly string[], key: string): number {
  const index = arrayIndex(key);
  if (index < 0) return keys.length;
  const behind = keys.findIndex((name) => {
    const other = arrayIndex(name);
    return other < 0 || other > index;
  });
  return behind < 0 ? keys.length : behind;
}

/** One key more than a wide object may have makes it a trie. */
function addToWide(writer: Writer, unit: number, key: string, lo: number, hi: number): void {
  const { keys } = writer.reader.wideOf(unit).shape;
  const position = positionOfNewKey(keys, key);
  if (keys.length < WIDE_OBJECT_MAX) {
    insertInWide(writer, unit, { key, position, lo, hi });
    return;
  }
  const slots = slotsOf(writer, unit);
  slots.splice(position * 2, 0, lo, hi);
  writeTrieObject(writer, keys.toSpliced(position, 0, key), Int32Array.from(slots), 0);
}

/** One key fewer than a large object may have makes it a small one. */
function deleteFromWide(writer: Writer, unit: number, key: string): void {
  const { shape } = writer.reader.wideOf(unit);
  const position = shape.find(key);
  if (shape.keys.length > SMALL_OBJECT_MAX + 1) {
    removeFromWide(writer, unit, position);
    return;
  }
  const slots = slotsOf(writer, unit);
  slots.splice(position * 2, 2);
  writeObject(writer, shape.keys.toSpliced(position, 1), Int32Array.from(slots), 0);
}

/** The words of the values of the wide object at `unit`, two for each. */
function slotsOf(writer: Writer, unit: number): number[] {
  const { words } = childrenOf(writer.reader, unit, hiOf(Tag.LARGE_OBJECT));
  const { i32 } = writer.segment;
  return Array.from(words).flatMap((word) => [i32[word], i32[word + 1]]);
}

function replaceInLarge(
  writer: Writer,
  unit: number,
  entry: { hash: number; word: number; lo: number; hi: number },
): void {
  const { reader, segment } = writer;
  const entries = reader.entriesOf(unit);
  const trie = replaceInTrie(writer, segment.i32[unit * 2 + 4], unit, entry);
  writeObjectRoot(writer, trie, entries, segment.i32[unit * 2 + 3] >>> 0);
}

/** A new key takes the next ordinal; the limit of ordinals grows by four with each entry, and deletions see to it. */
function addToLarge(writer: Writer, unit: number, key: string, lo: number, hi: number): void {
  const { reader, segment } = writer;
  const entries = reader.entriesOf(unit);
  const ordinal = segment.i32[unit * 2 + 3] >>> 0;
  writer.strings.write(key);
  const entry = { hash: hashKey(key, segment.hashSeed), ordinal, keyLo: writer.lo, keyHi: writer.hi, lo, hi };
  const trie = insertInTrie(writer, segment.i32[unit * 2 + 4], unit, entry);
  writeObjectRoot(writer, trie, entries + 1, ordinal + 1);
}

/** Rewrites a trie with the entries whose keys `keep` takes, and dense ordinals; one whose keys come and go remains a trie. O(n). */
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
  const write = kept.length > SMALL_OBJECT_MAX ? writeTrieObject : writeObject;
  write(writer, kept, slots, 0);
}

/** Writes the object of a slot without `key`, whose value slot is at `word`; the writer's result is the new slot. */
export function deleteEntry(
  writer: Writer,
  lo: number,
  hi: number,
  key: string,
  word = writer.reader.entry(lo, hi, key),
): void {
  if (tagOf(hi) === Tag.LARGE_OBJECT) {
    if (writer.reader.isWide(lo)) deleteFromWide(writer, lo, key);
    else deleteFromLarge(writer, lo, key, word);
    return;
  }
  const { keys } = writer.reader.shapeOf(lo);
  const slots = lo * 2 + OBJECT_SLOTS;
  const position = (word - slots) / 2;
  fillScratch(writer, slots, position, 0);
  fillScratch(writer, word + 2, keys.length - position - 1, position);
  writeObject(writer, keys.toSpliced(position, 1), scratch, 0);
}

function deleteFromLarge(writer: Writer, unit: number, key: string, word: number): void {
  const { reader, segment } = writer;
  const entries = reader.entriesOf(unit) - 1;
  const ordinal = segment.i32[unit * 2 + 3] >>> 0;
  if (entries < LARGE_MIN || ordinal > ordinalLimit(entries)) {
    rewrite(writer, unit, (name) => name !== key);
    return;
  }
  const hash = hashKey(key, segment.hashSeed);
  const trie = deleteFromTrie(writer, segment.i32[unit * 2 + 4], unit, { hash, word });
  writeObjectRoot(writer, trie, entries, ordinal);
}
