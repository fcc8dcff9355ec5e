/**
 * Brings a materialized value from one version to another and keeps every unchanged subtree as the object it is. O(width of the changed
 * containers): where nodes are shared nothing is read, whatever hangs below them. What is not known to be equal is looked into, so a value that
 * was rewritten without a difference stays the same object too.
 */

import { isArray, isObject } from '../layout.js';
import { constructFrom, setOwn } from '../read/construct.js';
import { Comparison } from './comparison.js';
import { changedElements } from './diff-array.js';
import { changedEntries } from './diff-object.js';
import { refAt, type ValueRef } from './value-ref.js';

/** Below this depth changed values are built again, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 1000;

/** Returns the value at `to`, given `value`, which is the materialized value at `from`. @throws `ERR_REGION_CORRUPT` */
export function refresh(from: ValueRef, value: unknown, to: ValueRef): unknown {
  return new Refreshment(from, to).value(from, value, to, 0);
}

class Refreshment {
  readonly #comparison: Comparison;

  constructor(from: ValueRef, to: ValueRef) {
    this.#comparison = new Comparison(from, to);
  }

  value(from: ValueRef, value: unknown, to: ValueRef, depth: number): unknown {
    if (this.#comparison.same(from, to)) return value;
    if (depth < RECURSION_MAX) {
      if (isObject(from.hi) && isObject(to.hi)) return this.#object(from, value as Record<string, unknown>, to, depth);
      if (isArray(from.hi) && isArray(to.hi)) return this.#array(from, value as readonly unknown[], to, depth);
    }
    return this.#comparison.materialize(to);
  }

  #object(from: ValueRef, value: Record<string, unknown>, to: ValueRef, depth: number): unknown {
    const changes = changedEntries(this.#comparison, from, to);
    if (changes === undefined) return this.#reordered(from, value, to, depth);
    // Copied only when something did change. A copy keeps the order of keys, new ones go last, and the engine puts integer-like ones first.
    let copy: Record<string, unknown> | undefined;
    for (const [key, before, after] of changes.replaced) {
      const fresh = this.value(before, value[key], after, depth + 1);
      if (fresh === value[key]) continue;
      copy ??= { ...value };
      setOwn(copy, key, fresh);
    }
    if (changes.removed.length > 0 || changes.added.length > 0) copy ??= { ...value };
    if (copy === undefined) return value;
    for (const key of changes.removed) delete copy[key];
    for (const [key, ref] of changes.added) setOwn(copy, key, this.#comparison.materialize(ref));
    return Object.freeze(copy);
  }

  /** An object whose keys stand in another order than before. */
  #reordered(from: ValueRef, value: Record<string, unknown>, to: ValueRef, depth: number): unknown {
    const old = this.#comparison.childrenOf(from);
    const { keys = [], words } = this.#comparison.childrenOf(to);
    const positions = new Map(old.keys?.map((key, i) => [key, i]));
    const values = keys.map((key, i) => {
      const position = positions.get(key);
      const target = refAt(to.reader, words[i]);
      if (position === undefined) return this.#comparison.materialize(target);
      return this.value(refAt(from.reader, old.words[position]), value[key], target, depth + 1);
    });
    return constructFrom(keys, values, 0);
  }

  #array(from: ValueRef, value: readonly unknown[], to: ValueRef, depth: number): unknown {
    const { replaced, at, removed, added } = changedElements(this.#comparison, from, to);
    let copy: unknown[] | undefined;
    for (const [index, before, after] of replaced) {
      const fresh = this.value(before, value[index], after, depth + 1);
      if (fresh === value[index]) continue;
      copy ??= value.slice();
      copy[index] = fresh;
    }
    if (removed === 0 && added.length === 0) return copy === undefined ? value : Object.freeze(copy);
    const kept = copy ?? value;
    const fresh = added.map((ref) => this.#comparison.materialize(ref));
    return Object.freeze([...kept.slice(0, at), ...fresh, ...kept.slice(at + removed)]);
  }
}
