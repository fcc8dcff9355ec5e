/**
 * Brings a materialised value from one version to another and keeps every unchanged subtree as the object it is. O(width of the changed
 * containers): where nodes are shared nothing is read, whatever hangs below them.
 */
import { constructFrom } from './construct.js';
import { isArray, isObject } from './layout.js';
import { materialize } from './materialize.js';
import type { Reader } from './reader.js';
import { childrenOf, sameSlot } from './same.js';

/** A slot and where it stands. */
export interface Place {
  readonly reader: Reader;
  readonly lo: number;
  readonly hi: number;
}

/** Below this depth changed values are made anew, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 1000;

/** Returns the value at `to`, given `value`, which is the materialised value at `from`. @throws `ERR_REGION_CORRUPT` */
export function refresh(from: Place, value: unknown, to: Place, depth = 0): unknown {
  if (sameSlot(from.reader, from.lo, from.hi, to.reader, to.lo, to.hi)) return value;
  if (depth < RECURSION_MAX) {
    if (isObject(from.hi) && isObject(to.hi)) return refreshObject(from, value as Record<string, unknown>, to, depth);
    if (isArray(from.hi) && isArray(to.hi)) return refreshArray(from, value as readonly unknown[], to, depth);
  }
  return materialize(to.reader, to.lo, to.hi);
}

function refreshObject(from: Place, value: Record<string, unknown>, to: Place, depth: number): unknown {
  const old = childrenOf(from.reader, from.lo, from.hi);
  const { keys = [], words } = childrenOf(to.reader, to.lo, to.hi);
  const oldKeys = old.keys ?? [];
  let positions: Map<string, number> | undefined;
  let changed = oldKeys.length !== keys.length;
  const values = keys.map((key, i) => {
    let position = i;
    if (oldKeys[i] !== key) {
      changed = true;
      positions ??= new Map(oldKeys.map((name, at) => [name, at]));
      position = positions.get(key) ?? -1;
    }
    const target = placeAt(to.reader, words[i]);
    if (position < 0) return materialize(to.reader, target.lo, target.hi);
    const before = value[key];
    const after = refresh(placeAt(from.reader, old.words[position]), before, target, depth + 1);
    if (after !== before) changed = true;
    return after;
  });
  return changed ? constructFrom(keys, values, 0) : value;
}

function refreshArray(from: Place, value: readonly unknown[], to: Place, depth: number): unknown {
  const old = childrenOf(from.reader, from.lo, from.hi).words;
  const { words } = childrenOf(to.reader, to.lo, to.hi);
  // Where elements came or went, those behind keep their objects: they are looked for as far from the end as they were.
  const prefix = old.length === words.length ? words.length : commonPrefix(from.reader, old, to.reader, words);
  let changed = old.length !== words.length;
  const values = Array.from(words, (word, i) => {
    const position = i < prefix ? i : i - words.length + old.length;
    const target = placeAt(to.reader, word);
    if (position < prefix && i >= prefix) return materialize(to.reader, target.lo, target.hi);
    const before = value[position];
    const after = refresh(placeAt(from.reader, old[position]), before, target, depth + 1);
    if (after !== before) changed = true;
    return after;
  });
  return changed ? Object.freeze(values) : value;
}

function commonPrefix(a: Reader, aWords: Int32Array, b: Reader, bWords: Int32Array): number {
  const shorter = Math.min(aWords.length, bWords.length);
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [placeAt(a, aWords[i]), placeAt(b, bWords[i])];
    if (!sameSlot(a, left.lo, left.hi, b, right.lo, right.hi)) return i;
  }
  return shorter;
}

function placeAt(reader: Reader, word: number): Place {
  const { i32 } = reader.segment;
  return { reader, lo: i32[word], hi: i32[word + 1] };
}
