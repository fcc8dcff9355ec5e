/** Writes an array where another stands: see `reconcile.ts`. */

import { ARRAY_SLOTS, Tag, tagOf } from '../layout.js';
import { lengthOfIndex, visitLeaves } from '../read/array-index.js';
import { elementWords } from '../read/elements.js';
import { insertElement, removeElement, setElement } from './array-edit.js';
import { writeArray } from './array-write.js';
import { encode, encodeJson } from './encode.js';
import { lengthOf } from './encode-parts.js';
import { Outcome, type Reconciler } from './reconciler.js';

/** Fewer changes than one in this many are edited into a large array one by one; more rewrite it. */
const EDIT_SHARE = 16;

type Source = readonly unknown[];

/** Writes `source` over the array of a slot. O(size). */
export function reconcileArray(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const base = run.slots.top;
  const length = lengthOf(source);
  const outcome =
    run.writer.reader.sizeOf(lo, hi) === length
      ? inPlace(run, source, lo, hi, depth)
      : resized(run, source, length, lo, hi, depth);
  run.slots.top = base;
  return outcome;
}

/** The lengths are equal: each element is written over the one at its index. */
function inPlace(run: Reconciler, source: Source, lo: number, hi: number, depth: number): Outcome {
  const { writer, slots } = run;
  const base = slots.top;
  const changed: number[] = [];
  let next = 0;
  const leaf = (unit: number, count: number): void => {
    for (let i = 0, word = unit * 2 + ARRAY_SLOTS; i < count; i++, word += 2) {
      const outcome = element(run, source[next], next, word, depth);
      if (outcome === Outcome.CHANGED) changed.push(next);
      run.push(outcome, word);
      next++;
    }
  };
  if (tagOf(hi) === Tag.ARRAY) leaf(lo, writer.reader.elementsOf(lo));
  else visitLeaves(writer.reader, lo, lengthOfIndex(writer.reader, lo), leaf);
  if (changed.length === 0) return Outcome.SAME;
  const { words } = slots;
  if (tagOf(hi) === Tag.ARRAY || changed.length * EDIT_SHARE >= next) {
    writeArray(writer, words, base, next);
  } else {
    writer.result(lo, hi);
    for (const i of changed) setElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
  }
  return Outcome.CHANGED;
}

/** What JSON leaves out of an object is null in an array. */
function element(run: Reconciler, value: unknown, index: number, word: number, depth: number): Outcome {
  const outcome = run.property(value, index, word, depth + 1);
  return outcome === Outcome.ABSENT ? run.property(null, index, word, depth + 1) : outcome;
}

/**
 * Elements were inserted or removed, most often at one index: what is equal at both ends stays, what lies between is written in place as far
 * as it goes.
 */
function resized(run: Reconciler, source: Source, length: number, lo: number, hi: number, depth: number): Outcome {
  const { writer } = run;
  const base = run.slots.top;
  const old = elementWords(writer.reader, lo, tagOf(hi));
  const shared = Math.min(old.length, length);
  let prefix = 0;
  while (prefix < shared && isSame(run, source[prefix], prefix, old[prefix], depth)) prefix++;
  const [last, oldLast] = [length - 1, old.length - 1];
  let suffix = 0;
  while (suffix < shared - prefix && isSame(run, source[last - suffix], last - suffix, old[oldLast - suffix], depth))
    suffix++;

  for (let i = 0; i < prefix; i++) run.push(Outcome.SAME, old[i]);
  const changed: number[] = [];
  for (let i = prefix; i < shared - suffix; i++) {
    const outcome = element(run, source[i], i, old[i], depth);
    if (outcome === Outcome.CHANGED) changed.push(i);
    run.push(outcome, old[i]);
  }
  for (let i = shared - suffix; i < length - suffix; i++) {
    if (!encode(writer, source[i], i)) encodeJson(writer, null);
    run.push(Outcome.CHANGED, 0);
  }
  for (let i = old.length - suffix; i < old.length; i++) run.push(Outcome.SAME, old[i]);
  for (let i = shared - suffix; i < old.length - suffix; i++) run.drop(old[i]);
  writeResized(run, lo, hi, { base, length, before: old.length, changed, end: shared - suffix });
  return Outcome.CHANGED;
}

/** Whether the element in place is equal; if not, what was written to find out is taken back. */
function isSame(run: Reconciler, value: unknown, index: number, word: number, depth: number): boolean {
  const { writer } = run;
  const [before, droppedBytes] = [writer.mark(), writer.droppedBytes];
  if (element(run, value, index, word, depth) === Outcome.SAME) return true;
  writer.rollback(before);
  writer.droppedBytes = droppedBytes;
  return false;
}

interface Resized {
  /** Where in the stack its slots begin. */
  readonly base: number;
  readonly length: number;
  /** The length that it had. */
  readonly before: number;
  /** Elements that differ from those at their indexes. */
  readonly changed: readonly number[];
  /** Behind these elements others were inserted or removed. */
  readonly end: number;
}

/** Few changes are edited into a large array, many rewrite it. */
function writeResized({ writer, slots }: Reconciler, lo: number, hi: number, resized: Resized): void {
  const { words } = slots;
  const { base, length, before, changed, end } = resized;
  const edits = changed.length + Math.abs(length - before);
  if (tagOf(hi) !== Tag.LARGE_ARRAY || edits * EDIT_SHARE >= length) {
    writeArray(writer, words, base, length);
    return;
  }
  writer.result(lo, hi);
  for (let i = length; i < before; i++) removeElement(writer, writer.lo, writer.hi, end);
  for (const i of changed) setElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
  for (let i = end; i < end + length - before; i++) {
    insertElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
  }
}
