/** What differs between two arrays. */

import { corrupt } from '../corrupt.js';
import { ARRAY_SLOTS, Tag, tagOf } from '../layout.js';
import { childUnit, endOf, isLeaf, LEVELS_MAX } from '../read/array-index.js';
import type { Reader } from '../read/reader.js';
import type { Comparison } from './comparison.js';
import { type Place, placeAt } from './place.js';
import { sameNode } from './same.js';

export interface ElementChanges {
  /** Elements that stand at one index in both. */
  readonly replaced: [index: number, before: Place, after: Place][];
  /** Where elements come and go. */
  readonly at: number;
  readonly removed: number;
  readonly added: Place[];
}

/**
 * Returns the elements that differ: those of one index where the arrays are equally long, else what lies between their common
 * beginning and their common end. O(change) between large arrays of one length that share nodes, else O(n).
 */
export function changedElements(comparison: Comparison, from: Place, to: Place): ElementChanges {
  const changes: ElementChanges = { replaced: [], at: 0, removed: 0, added: [] };
  if (tagOf(from.hi) === Tag.LARGE_ARRAY && tagOf(to.hi) === Tag.LARGE_ARRAY) {
    if (compareNodes(comparison, from.reader, from.lo, to.reader, to.lo, 0, changes.replaced)) return changes;
    changes.replaced.length = 0;
  }
  return changedInLists(comparison, from, to);
}

function changedInLists(comparison: Comparison, from: Place, to: Place): ElementChanges {
  const { words: before } = comparison.childrenOf(from);
  const { words: after } = comparison.childrenOf(to);
  const old = (i: number): Place => placeAt(from.reader, before[i]);
  const now = (i: number): Place => placeAt(to.reader, after[i]);
  const shorter = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shorter && comparison.same(old(prefix), now(prefix))) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && comparison.same(old(before.length - 1 - suffix), now(after.length - 1 - suffix)))
    suffix++;

  const replaced: ElementChanges['replaced'] = [];
  const between = shorter - suffix;
  for (let i = prefix; i < between; i++) if (!comparison.same(old(i), now(i))) replaced.push([i, old(i), now(i)]);
  const added: Place[] = [];
  for (let i = between; i < after.length - suffix; i++) added.push(now(i));
  return { replaced, at: between, removed: before.length - suffix - between, added };
}

/** Collects the differing elements below two inner nodes; false where their forms differ, and only lists can be compared. */
function compareNodes(
  comparison: Comparison,
  a: Reader,
  aUnit: number,
  b: Reader,
  bUnit: number,
  start: number,
  replaced: ElementChanges['replaced'],
  level = 0,
): boolean {
  if (level >= LEVELS_MAX) throw corrupt('the index of a large array is too deep');
  const count = a.childCountOf(aUnit);
  if (count !== b.childCountOf(bUnit)) return false;
  comparison.spend(count);
  if (sameNode(a, aUnit, b, bUnit)) return true;
  let at = start;
  let below = 0;
  for (let i = 0; i < count; i++) {
    const end = endOf(a, aUnit, i);
    if (end !== endOf(b, bUnit, i)) return false;
    const [aChild, bChild] = [childUnit(a, aUnit, i), childUnit(b, bUnit, i)];
    const leaf = isLeaf(a, aChild, aUnit);
    if (leaf !== isLeaf(b, bChild, bUnit)) return false;
    if (leaf) compareLeaves(comparison, a, aChild, b, bChild, at, replaced);
    else if (!compareNodes(comparison, a, aChild, b, bChild, at, replaced, level + 1)) return false;
    at += end - below;
    below = end;
  }
  return true;
}

function compareLeaves(
  comparison: Comparison,
  a: Reader,
  aUnit: number,
  b: Reader,
  bUnit: number,
  start: number,
  replaced: ElementChanges['replaced'],
): void {
  if (sameNode(a, aUnit, b, bUnit)) return;
  const count = Math.min(a.elementsOf(aUnit), b.elementsOf(bUnit));
  comparison.spend(count);
  for (let i = 0; i < count; i++) {
    const before = placeAt(a, aUnit * 2 + ARRAY_SLOTS + i * 2);
    const after = placeAt(b, bUnit * 2 + ARRAY_SLOTS + i * 2);
    if (!comparison.same(before, after)) replaced.push([start + i, before, after]);
  }
}
