/** Writes an object where another stands: see `reconcile.ts`. */

import { OBJECT_SLOTS, Tag, tagOf } from '../layout.js';
import { entriesByOrdinal } from '../read/entries.js';
import { stringEquals } from '../read/strings.js';
import { wideWords } from '../read/wide.js';
import type { Segment } from '../segment.js';
import { writeSmallObject } from './object-write.js';
import { Merge, writeLarge } from './reconcile-keys.js';
import { Outcome, type Reconciler } from './reconciler.js';
import { replaceInWide } from './wide-write.js';

type Source = Record<string, unknown>;

/** Writes `source` over the object of a slot. O(size). */
export function reconcileObject(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const base = run.slots.top;
  const outcome = tagOf(hi) === Tag.OBJECT ? small(run, source, lo, hi, depth) : large(run, source, lo, hi, depth);
  run.slots.top = base;
  return outcome;
}

/**
 * Most objects have the keys that they had, and are compared in place. From the first difference of keys on, the rest
 * is merged.
 */
function small(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const { writer } = run;
  const { keys, unit } = writer.reader.shapeOf(lo);
  const base = run.slots.top;
  if (!run.plain.includes(source)) return new Merge(run, source, lo, hi, depth).rest(keys, 0, 0);
  let changed = false;
  let next = 0;
  for (const key in source) {
    if (key !== keys[next]) return new Merge(run, source, lo, hi, depth).rest(keys, next, next);
    const word = lo * 2 + OBJECT_SLOTS + next * 2;
    const outcome = run.property(source[key], key, word, depth + 1);
    if (outcome === Outcome.ABSENT) return new Merge(run, source, lo, hi, depth).rest(keys, next, next + 1);
    if (outcome === Outcome.CHANGED) changed = true;
    run.push(outcome, word);
    next++;
  }
  if (next < keys.length) return new Merge(run, source, lo, hi, depth).rest(keys, next, next);
  if (!changed) return Outcome.SAME;
  writeSmallObject(writer, unit, run.slots.words, base, next);
  return Outcome.CHANGED;
}

/** The same for a wide object. */
function wide(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const { reader } = run.writer;
  const { shape, values } = reader.wideOf(lo);
  const { keys } = shape;
  const words = wideWords(reader, values, lo);
  const base = run.slots.top;
  if (!run.plain.includes(source)) return new Merge(run, source, lo, hi, depth).rest(keys, 0, 0);
  const changed: number[] = [];
  let next = 0;
  for (const key in source) {
    if (key !== keys[next]) return new Merge(run, source, lo, hi, depth).rest(keys, next, next);
    const outcome = run.property(source[key], key, words[next], depth + 1);
    if (outcome === Outcome.ABSENT) return new Merge(run, source, lo, hi, depth).rest(keys, next, next + 1);
    if (outcome === Outcome.CHANGED) changed.push(next);
    run.push(outcome, words[next]);
    next++;
  }
  if (next < keys.length) return new Merge(run, source, lo, hi, depth).rest(keys, next, next);
  if (changed.length === 0) return Outcome.SAME;
  replaceInWide(run.writer, lo, { changed, words: run.slots.words, base });
  return Outcome.CHANGED;
}

/** The same for a trie. No strings are made of its keys. */
function large(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const { writer } = run;
  if (writer.reader.isWide(lo)) return wide(run, source, lo, hi, depth);
  const { keyWords, valueWords } = entriesByOrdinal(writer.reader, lo);
  const keys = Object.keys(source);
  const base = run.slots.top;
  const changed: number[] = [];
  for (let next = 0; next < keys.length; next++) {
    const key = keys[next];
    if (next === keyWords.length || !holds(writer.segment, keyWords[next], key))
      return new Merge(run, source, lo, hi, depth).rest(keys, next, next);
    const outcome = run.property(source[key], key, valueWords[next], depth + 1);
    if (outcome === Outcome.ABSENT) return new Merge(run, source, lo, hi, depth).rest(keys, next, next + 1);
    if (outcome === Outcome.CHANGED) changed.push(next);
    run.push(outcome, valueWords[next]);
  }
  if (keys.length < keyWords.length) return new Merge(run, source, lo, hi, depth).rest(keys, keys.length, keys.length);
  if (changed.length === 0) return Outcome.SAME;
  writeLarge(run, lo, hi, { keys, base, changed, removed: [] });
  return Outcome.CHANGED;
}

/** Whether the string slot at `word` holds `key`. */
function holds(segment: Segment, word: number, key: string): boolean {
  return stringEquals(segment, segment.i32[word], segment.i32[word + 1], key);
}
