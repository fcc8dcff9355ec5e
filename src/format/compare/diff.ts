/**
 * The RFC 6902 patch between two versions of a value. Applied to the first it gives the second exactly, with the order of keys. O(change):
 * shared nodes are passed over, in large objects and arrays too; where the order of keys or the length of an array changed, O(width).
 */

import { isArray, isObject } from '../layout.js';
import { pointerOf } from '../pointer.js';
import { materialize } from '../read/materialize.js';
import { changedElements } from './diff-array.js';
import { changedEntries } from './diff-object.js';
import type { Place } from './place.js';
import { samePlace } from './same.js';

/** One operation of RFC 6902. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/** A patch of RFC 6902. */
export type JsonPatch = readonly JsonPatchOperation[];

/** Below this depth a changed value is replaced as a whole. */
const RECURSION_MAX = 1000;

/** Returns the operations that make of the value at `from` the one at `to`; `path` leads to both. @throws `ERR_REGION_CORRUPT` */
export function diff(from: Place, to: Place, path: readonly string[] = []): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  diffValue(operations, [...path], from, to);
  return operations;
}

/** Whether two values are equal, with the order of keys. O(change) as `diff`, and ends at the first difference. @throws `ERR_REGION_CORRUPT` */
export function equalPlaces(a: Place, b: Place): boolean {
  const pairs: [Place, Place][] = [[a, b]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [from, to] = pair;
    if (samePlace(from, to)) continue;
    const changes = changesWithin(from, to);
    if (changes === undefined || changes.removed > 0 || changes.added.length > 0) return false;
    for (const [, before, after] of changes.replaced) pairs.push([before, after]);
  }
  return true;
}

/** What differs between two containers of one kind. */
function changesWithin(from: Place, to: Place) {
  if (isArray(from.hi) && isArray(to.hi)) return changedElements(from, to);
  const entries = isObject(from.hi) && isObject(to.hi) ? changedEntries(from, to) : undefined;
  return entries && { ...entries, removed: entries.removed.length };
}

function diffValue(operations: JsonPatchOperation[], path: string[], from: Place, to: Place): void {
  if (samePlace(from, to)) return;
  if (path.length < RECURSION_MAX) {
    if (isObject(from.hi) && isObject(to.hi) && diffObject(operations, path, from, to)) return;
    if (isArray(from.hi) && isArray(to.hi)) {
      diffArray(operations, path, from, to);
      return;
    }
  }
  operations.push({ op: 'replace', path: pointerOf(path), value: valueAtPlace(to) });
}

/** False where only a replacement gives the right order of keys. */
function diffObject(operations: JsonPatchOperation[], path: string[], from: Place, to: Place): boolean {
  const changes = changedEntries(from, to);
  if (changes === undefined) return false;
  for (const key of changes.removed) operations.push({ op: 'remove', path: pointerOf([...path, key]) });
  for (const [key, before, after] of changes.replaced)
    within(path, key, () => diffValue(operations, path, before, after));
  for (const [key, place] of changes.added) {
    operations.push({ op: 'add', path: pointerOf([...path, key]), value: valueAtPlace(place) });
  }
  return true;
}

function diffArray(operations: JsonPatchOperation[], path: string[], from: Place, to: Place): void {
  const { replaced, at, removed, added } = changedElements(from, to);
  for (const [index, before, after] of replaced)
    within(path, String(index), () => diffValue(operations, path, before, after));
  for (let i = removed - 1; i >= 0; i--) operations.push({ op: 'remove', path: pointerOf([...path, String(at + i)]) });
  added.forEach((place, i) => {
    operations.push({ op: 'add', path: pointerOf([...path, String(at + i)]), value: valueAtPlace(place) });
  });
}

function within(path: string[], token: string, body: () => void): void {
  path.push(token);
  body();
  path.pop();
}

function valueAtPlace({ reader, lo, hi }: Place): unknown {
  return materialize(reader, lo, hi);
}
