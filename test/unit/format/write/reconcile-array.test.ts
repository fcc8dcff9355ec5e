import { describe, expect, it } from 'vitest';
import { Reconciliation } from '../../../../src/format/write/reconcile.js';
import { reconcileArray } from '../../../../src/format/write/reconcile-array.js';
import { Outcome } from '../../../../src/format/write/reconciler.js';
import { encoded, newWriter, numbers, readBack } from './kit.js';

/** Writes `after` over `before`; returns the outcome, the bytes appended and the new value. */
function over(before: readonly unknown[], after: readonly unknown[]) {
  const writer = newWriter();
  const { lo, hi } = encoded(writer, before);
  const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
  run.slots.push(7, 7);
  const { head } = writer.segment;
  const outcome = reconcileArray(run, after, lo, hi, 0);
  const appended = writer.segment.head - head;
  expect(run.slots.top).toBe(2); // what was on the stack remains, and nothing else
  const value = outcome === Outcome.SAME ? before : readBack(writer);
  expect(value).toEqual(JSON.parse(JSON.stringify(after)));
  return { outcome, appended, writer, lo, hi };
}

const rows = (count: number) => numbers(count).map((i) => ({ id: i }));

describe('of the same length', () => {
  it.each([0, 1, 64, 65, 5000])('is the same where all of %i elements are equal', (count) => {
    const { outcome, appended } = over(rows(count), rows(count));
    expect([outcome, appended]).toEqual([Outcome.SAME, 0]);
  });

  it('edits few changes into a large array, and writes it anew with many', () => {
    const sparse = over(numbers(5000), numbers(5000).with(10, -1).with(4000, -1));
    expect(sparse.appended).toBeLessThan(5000);
    const dense = over(
      numbers(5000),
      numbers(5000).map((i) => (i % 16 === 0 ? -1 : i)),
    );
    expect(dense.appended).toBeGreaterThan(5000 * 8);
  });

  it('takes what JSON leaves out for null', () => {
    expect(over([1, null, 3], [1, undefined, () => 1]).outcome).toBe(Outcome.CHANGED);
    expect(over([1, null], [1, Symbol('s')]).outcome).toBe(Outcome.SAME);
  });
});

describe('of another length', () => {
  it.each([
    ['at the front', (list: unknown[]) => [{ id: -1 }, ...list]],
    ['in the middle', (list: unknown[]) => list.toSpliced(40, 0, { id: -1 }, { id: -2 })],
    ['at the end', (list: unknown[]) => [...list, undefined]],
    ['with others removed', (list: unknown[]) => list.toSpliced(10, 5, { id: -1 })],
    ['removed at the front', (list: unknown[]) => list.slice(3)],
    ['removed at the end', (list: unknown[]) => list.slice(0, -3)],
    ['removed, all', () => []],
  ])('keeps the elements on both sides: %s', (_, edit: (list: unknown[]) => unknown[]) => {
    const before = rows(2000);
    const after = edit(structuredClone(before));
    const { writer, lo, hi, appended } = over(before, after);
    const unitsOf = (slot: { lo: number; hi: number }, length: number) =>
      numbers(length).map((i) => writer.segment.i32[writer.reader.element(slot.lo, slot.hi, i)]);
    const [old, fresh] = [unitsOf({ lo, hi }, before.length), unitsOf(writer, after.length)];
    const kept = after.flatMap((row, i) => ((row as { id: number })?.id >= 0 ? [[(row as { id: number }).id, i]] : []));
    expect(kept.filter(([id, i]) => old[id] !== fresh[i])).toEqual([]);
    if (after.length > 0) expect(appended).toBeLessThan(12_000);
  });

  it.each([
    [[], [1]],
    [[1], []],
    [numbers(64), numbers(65)],
    [numbers(65), numbers(64)],
    [numbers(10), numbers(5000)],
    [numbers(5000), numbers(10)],
    [
      [1, 1, 1],
      [1, 1],
    ],
  ])('over every boundary (%#)', (before, after) => {
    expect(over(before, after).outcome).toBe(Outcome.CHANGED);
  });

  it('counts the bytes of what was removed, and of nothing else', () => {
    const { writer } = over(rows(10), rows(10).slice(2));
    expect(writer.droppedBytes).toBe(2 * (16 + 8));
  });
});
