/** Writes wide objects, whole and with one entry replaced, added or deleted. Reading is in `wide.ts`. */
import {
  hiOf,
  Kind,
  SMALL_OBJECT_MAX,
  Tag,
  WIDE_KEYS,
  WIDE_OBJECT_BYTES,
  WIDE_OBJECT_MAX,
  WIDE_VALUES,
} from '../layout.js';
import { integerFirstOrder } from '../read/entries.js';
import { HI_WIDE_ARRAY } from '../read/wide.js';
import { insertElement, removeElement, setElement } from './array-edit.js';
import { writeArray, writeLargeArray } from './array-write.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** Elements of a leaf of the values: with more in large objects, an edit of one writes about as much for its leaf as for the index above. */
const LEAF = 16;
const LARGE_LEAF = 32;
const LARGE_LEAF_FROM = 256;
const SLOT_BYTES = 8;
/** Headers, and the node of the object. */
const EDIT_OVERHEAD_BYTES = 32;

function leafOf(count: number): number {
  return count < LARGE_LEAF_FROM ? LEAF : LARGE_LEAF;
}

/** About what an edit of one of `count` values writes. */
function editBytes(count: number): number {
  const leaf = leafOf(count);
  return (leaf + count / leaf) * SLOT_BYTES + EDIT_OVERHEAD_BYTES;
}

/**
 * Writes an object of `keys` as a wide one if other objects have these keys too; the writer's result is its slot then. Else returns false, having written
 * nothing. O(keys). The values lie in `words` from `base` on.
 */
export function writeIfWide(writer: Writer, keys: readonly string[], words: Int32Array, base: number): boolean {
  if (keys.length <= SMALL_OBJECT_MAX || keys.length > WIDE_OBJECT_MAX) return false;
  const known = writer.wideShapes.meet(keys);
  if (known === undefined || (known < 0 && integerFirstOrder(keys) !== undefined)) return false;
  writeWide(writer, known < 0 ? writeKeys(writer, keys) : known, words, base, keys.length);
  return true;
}

/** Writes a wide object with the keys in the array at unit `keys` and `count` values; the writer's result is its slot. O(keys). */
export function writeWide(writer: Writer, keys: number, words: Int32Array, base: number, count: number): void {
  writeLargeArray(writer, words, base, count, leafOf(count));
  writeWideNode(writer, keys, writer.lo);
}

function writeKeys(writer: Writer, keys: readonly string[]): number {
  const slots = new SlotStack();
  for (const key of keys) {
    writer.strings.write(key);
    slots.push(writer.lo, writer.hi);
  }
  writeArray(writer, slots.words, 0, keys.length);
  writer.wideShapes.add(keys, writer.lo);
  return writer.lo;
}

function writeWideNode(writer: Writer, keys: number, values: number): void {
  const word = writer.node(Kind.WIDE_OBJECT, 0, WIDE_OBJECT_BYTES);
  const { i32 } = writer.segment;
  i32[word + WIDE_KEYS] = keys;
  i32[word + WIDE_VALUES] = values;
  writer.result(word >>> 1, hiOf(Tag.LARGE_OBJECT));
}

/** Values that changed, by their positions; the slots of all values lie in `words` from `base` on. */
export interface ChangedValues {
  readonly changed: readonly number[];
  readonly words: Int32Array;
  readonly base: number;
}

/** Writes the wide object at `unit` with other values: few are edited into it, many rewrite it. The writer's result is its slot. */
export function replaceInWide(writer: Writer, unit: number, { changed, words, base }: ChangedValues): void {
  const { shape, values } = writer.reader.wideOf(unit);
  const count = shape.keys.length;
  if (changed.length * editBytes(count) >= count * SLOT_BYTES) {
    writeWide(writer, shape.unit, words, base, count);
    return;
  }
  writer.result(values, HI_WIDE_ARRAY);
  for (const i of changed) setElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
  writeWideNode(writer, shape.unit, writer.lo);
}

/** Writes the wide object at `unit` with another value for `key`, which it has; the writer's result is its slot. O(1). */
export function setInWide(writer: Writer, unit: number, key: string, lo: number, hi: number): void {
  const { shape, values } = writer.reader.wideOf(unit);
  setElement(writer, values, HI_WIDE_ARRAY, shape.find(key), lo, hi);
  writeWideNode(writer, shape.unit, writer.lo);
}

/**
 * Writes the wide object at `unit` with `key`, which it does not have, at `position`; the writer's result is its slot. Time O(keys), bytes O(1): the list
 * with one key more is that of other objects, or shares most of its nodes with the old one.
 */
export function insertInWide(
  writer: Writer,
  unit: number,
  { key, position, lo, hi }: { key: string; position: number; lo: number; hi: number },
): void {
  const { shape, values } = writer.reader.wideOf(unit);
  const keys = shape.keys.toSpliced(position, 0, key);
  let list = writer.wideShapes.meet(keys) ?? -1;
  if (list < 0) {
    writer.strings.write(key);
    insertElement(writer, shape.unit, HI_WIDE_ARRAY, position, writer.lo, writer.hi);
    list = writer.lo;
    writer.wideShapes.add(keys, list);
  }
  insertElement(writer, values, HI_WIDE_ARRAY, position, lo, hi);
  writeWideNode(writer, list, writer.lo);
}

/** Writes the wide object at `unit` without the key at `position`; the writer's result is its slot. Time O(keys), bytes O(1). */
export function removeFromWide(writer: Writer, unit: number, position: number): void {
  const { shape, values } = writer.reader.wideOf(unit);
  const keys = shape.keys.toSpliced(position, 1);
  let list = writer.wideShapes.meet(keys) ?? -1;
  if (list < 0) {
    removeElement(writer, shape.unit, HI_WIDE_ARRAY, position);
    list = writer.lo;
    writer.wideShapes.add(keys, list);
  }
  removeElement(writer, values, HI_WIDE_ARRAY, position);
  writeWideNode(writer, list, writer.lo);
}
