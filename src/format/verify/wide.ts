/** Whether wide objects are whole: the array of their values, and the key list that several of them name. */
import { corrupt } from '../corrupt.js';
import {
  ARRAY_NODE_MAX,
  ARRAY_SLOTS,
  arrayBytes,
  countOf,
  INDEX_CHILDREN,
  indexBytes,
  Kind,
  kindOf,
  WIDE_VALUES,
} from '../layout.js';
import { integerFirstOrder } from '../read/entries.js';
import { wideLength } from '../read/wide.js';
import { verifyLargeArray } from './large.js';
import type { Traversal } from './traversal.js';

/**
 * Checks the wide object at `unit`; its node is claimed already. Returns how many key lists were met for the first time. O(keys). The values come first:
 * they are claimed, so all key lists that are read have no more keys than the segment has values.
 */
export function verifyWideObject(traversal: Traversal, unit: number): number {
  const { reader, problems } = traversal;
  const { i32 } = reader.segment;
  problems.expect(countOf(i32[unit * 2 + 1]) === 0, unit, 'a wide object has bits set that mean nothing');
  const values = i32[unit * 2 + WIDE_VALUES];
  wideLength(reader, values, unit);
  if (!traversal.claim(values, indexBytes(reader.childCountOf(values, unit)))) {
    throw corrupt('the values of a wide object are shared');
  }
  verifyLargeArray(traversal, values, unit);
  const { shape } = reader.wideOf(unit);
  if (!verifyKeyNode(traversal, shape.unit)) return 0;
  const isOrdered = integerFirstOrder(shape.keys) === undefined;
  problems.expect(isOrdered, shape.unit, "the keys of a wide object do not stand in JSON's order");
  return 1;
}

/** Checks a node of a key list that has been read; false if it was met before: lists that differ in a few keys share the nodes of the others. */
function verifyKeyNode(traversal: Traversal, unit: number): boolean {
  const { reader, slots } = traversal;
  const { i32 } = reader.segment;
  const header = i32[unit * 2 + 1];
  const isLeaf = kindOf(header) === Kind.ARRAY;
  const count = countOf(header);
  if (!traversal.claim(unit, isLeaf ? arrayBytes(count) : indexBytes(count))) return false;
  if (count > ARRAY_NODE_MAX) throw corrupt('a node of a key list has too many entries');
  for (let i = 0; i < count; i++) {
    if (isLeaf) slots.string(i32[unit * 2 + ARRAY_SLOTS + i * 2], i32[unit * 2 + ARRAY_SLOTS + i * 2 + 1], unit);
    else verifyKeyNode(traversal, i32[unit * 2 + INDEX_CHILDREN + i * 2]);
  }
  return true;
}
