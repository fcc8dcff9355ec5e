/**
 * The RFC 6902 patch between two versions of a value. Applied to the first it gives the second exactly, with the order of keys. O(change):
 * shared nodes are passed over, in large objects and arrays too; where the order of keys or the length of an array changed, O(width).
 */

import { isArray, isObject } from '../layout.js';
import { pointerOf, pointerWithin } from '../pointer.js';
import { Comparison } from './comparison.js';
import { changedElements } from './diff-array.js';
import { changedEntries } from './diff-object.js';
import type { JsonPatchOperation } from './json-patch.js';
import { PatchSteps } from './patch-steps.js';
import type { ValueRef } from './value-ref.js';

/** Below this depth a changed value is replaced as a whole. */
const RECURSION_MAX = 1000;

/**
 * Returns the operations that make of the value at `from` the one at `to`; `path` leads to both. Containers in which more changed than a patch
 * of a few times the size of both versions could say are replaced as a whole (see `PatchSteps`).
 * @param valueAt Returns what an operation has as its value; by default the value itself. @throws `ERR_REGION_CORRUPT`
 */
export function diff(
  from: ValueRef,
  to: ValueRef,
  path: readonly string[] = [],
  valueAt?: (ref: ValueRef) => unknown,
): JsonPatchOperation[] {
  const comparison = new Comparison(from, to);
  const steps = new PatchSteps(from.reader.segment.limit + to.reader.segment.limit);
  new Difference(comparison, steps).value(from, to, { pointer: pointerOf(path), depth: path.length });
  return steps.operations(valueAt ?? ((ref) => comparison.materialize(ref)));
}

/** Whether two values are equal, with the order of keys. O(change) as `diff`, and ends at the first difference. @throws `ERR_REGION_CORRUPT` */
export function equalRefs(a: ValueRef, b: ValueRef): boolean {
  const comparison = new Comparison(a, b);
  const pairs: [ValueRef, ValueRef][] = [[a, b]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [from, to] = pair;
    if (comparison.same(from, to)) continue;
    const changes = changesWithin(comparison, from, to);
    if (changes === undefined || changes.removed > 0 || changes.added.length > 0) return false;
    for (const [, before, after] of changes.replaced) pairs.push([before, after]);
  }
  return true;
}

/** What differs between two containers of one kind. */
function changesWithin(comparison: Comparison, from: ValueRef, to: ValueRef) {
  if (isArray(from.hi) && isArray(to.hi)) return changedElements(comparison, from, to);
  const entries = isObject(from.hi) && isObject(to.hi) ? changedEntries(comparison, from, to) : undefined;
  return entries && { ...entries, removed: entries.removed.length };
}

/** Where the values that are being compared stand. The pointer is made when it is needed, from that of the parent. */
type Location =
  | { pointer: string; readonly depth: number }
  | { pointer?: string; readonly depth: number; readonly parent: Location; readonly token: string };

function pointerAt(location: Location): string {
  if (!('token' in location)) return location.pointer;
  location.pointer ??= pointerWithin(pointerAt(location.parent), location.token);
  return location.pointer;
}

class Difference {
  readonly #comparison: Comparison;
  readonly #steps: PatchSteps;

  constructor(comparison: Comparison, steps: PatchSteps) {
    this.#comparison = comparison;
    this.#steps = steps;
  }

  value(from: ValueRef, to: ValueRef, at: Location): void {
    if (this.#comparison.same(from, to)) return;
    const mark = this.#steps.mark();
    if (at.depth < RECURSION_MAX && this.#parts(from, to, at)) {
      if (this.#steps.areTooMany) this.#steps.collapse(mark, pointerAt(at), to);
      return;
    }
    this.#steps.add('replace', pointerAt(at), to);
  }

  /** False where only a replacement will do. */
  #parts(from: ValueRef, to: ValueRef, at: Location): boolean {
    if (isObject(from.hi) && isObject(to.hi)) return this.#object(from, to, at);
    if (!isArray(from.hi) || !isArray(to.hi)) return false;
    this.#array(from, to, at);
    return true;
  }

  /** False where only a replacement gives the right order of keys. */
  #object(from: ValueRef, to: ValueRef, at: Location): boolean {
    const changes = changedEntries(this.#comparison, from, to);
    if (changes === undefined) return false;
    for (const key of changes.removed) this.#step('remove', at, key);
    for (const [key, before, after] of changes.replaced) this.#within(at, key, before, after);
    for (const [key, ref] of changes.added) this.#step('add', at, key, ref);
    return true;
  }

  #array(from: ValueRef, to: ValueRef, at: Location): void {
    const changes = changedElements(this.#comparison, from, to);
    for (const [index, before, after] of changes.replaced) this.#within(at, String(index), before, after);
    for (let i = changes.removed - 1; i >= 0; i--) this.#step('remove', at, String(changes.at + i));
    changes.added.forEach((ref, i) => {
      this.#step('add', at, String(changes.at + i), ref);
    });
  }

  #within(at: Location, token: string, from: ValueRef, to: ValueRef): void {
    if (!this.#steps.areTooMany) this.value(from, to, { depth: at.depth + 1, parent: at, token });
  }

  #step(op: 'add' | 'remove', at: Location, token: string, ref?: ValueRef): void {
    if (!this.#steps.areTooMany) this.#steps.add(op, pointerWithin(pointerAt(at), token), ref);
  }
}
