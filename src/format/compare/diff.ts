/**
 * The RFC 6902 patch between two versions of a value. Applied to the first it gives the second exactly, with the order of keys. O(change):
 * shared nodes are passed over, in large objects and arrays too; where the order of keys or the length of an array changed, O(width).
 */

import { isArray, isObject } from '../layout.js';
import { pointerOf } from '../pointer.js';
import { Comparison } from './comparison.js';
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
  const difference = new Difference(from, to, path);
  difference.value(from, to);
  return difference.operations;
}

/** Whether two values are equal, with the order of keys. O(change) as `diff`, and ends at the first difference. @throws `ERR_REGION_CORRUPT` */
export function equalPlaces(a: Place, b: Place): boolean {
  const comparison = new Comparison(a, b);
  const pairs: [Place, Place][] = [[a, b]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [from, to] = pair;
    if (samePlace(from, to)) continue;
    const changes = changesWithin(comparison, from, to);
    if (changes === undefined || changes.removed > 0 || changes.added.length > 0) return false;
    for (const [, before, after] of changes.replaced) pairs.push([before, after]);
  }
  return true;
}

/** What differs between two containers of one kind. */
function changesWithin(comparison: Comparison, from: Place, to: Place) {
  if (isArray(from.hi) && isArray(to.hi)) return changedElements(comparison, from, to);
  const entries = isObject(from.hi) && isObject(to.hi) ? changedEntries(comparison, from, to) : undefined;
  return entries && { ...entries, removed: entries.removed.length };
}

class Difference {
  readonly operations: JsonPatchOperation[] = [];
  readonly #comparison: Comparison;
  /** Where the values that are being compared stand. */
  readonly #path: string[];

  constructor(from: Place, to: Place, path: readonly string[]) {
    this.#comparison = new Comparison(from, to);
    this.#path = [...path];
  }

  value(from: Place, to: Place): void {
    if (samePlace(from, to)) return;
    if (this.#path.length < RECURSION_MAX) {
      if (isObject(from.hi) && isObject(to.hi) && this.#object(from, to)) return;
      if (isArray(from.hi) && isArray(to.hi)) {
        this.#array(from, to);
        return;
      }
    }
    this.operations.push({ op: 'replace', path: pointerOf(this.#path), value: this.#comparison.materialize(to) });
  }

  /** False where only a replacement gives the right order of keys. */
  #object(from: Place, to: Place): boolean {
    const changes = changedEntries(this.#comparison, from, to);
    if (changes === undefined) return false;
    for (const key of changes.removed) this.#remove(key);
    for (const [key, before, after] of changes.replaced) this.#within(key, before, after);
    for (const [key, place] of changes.added) this.#add(key, place);
    return true;
  }

  #array(from: Place, to: Place): void {
    const { replaced, at, removed, added } = changedElements(this.#comparison, from, to);
    for (const [index, before, after] of replaced) this.#within(String(index), before, after);
    for (let i = removed - 1; i >= 0; i--) this.#remove(String(at + i));
    added.forEach((place, i) => {
      this.#add(String(at + i), place);
    });
  }

  #within(token: string, from: Place, to: Place): void {
    this.#path.push(token);
    this.value(from, to);
    this.#path.pop();
  }

  #remove(token: string): void {
    this.operations.push({ op: 'remove', path: pointerOf([...this.#path, token]) });
  }

  #add(token: string, place: Place): void {
    const path = pointerOf([...this.#path, token]);
    this.operations.push({ op: 'add', path, value: this.#comparison.materialize(place) });
  }
}
