import { describe, expect, it } from 'vitest';
import { Reconciliation } from '../../../../src/format/write/reconcile.js';
import { reconcileObject } from '../../../../src/format/write/reconcile-object.js';
import { Outcome } from '../../../../src/format/write/reconciler.js';
import { encoded, keyed, newWriter, readBack } from './kit.js';

type Source = Record<string, unknown>;

/** Writes `after` over `before`; returns the outcome, the bytes appended and the writer. */
function over(before: Source, after: Source) {
  const writer = newWriter();
  const { lo, hi } = encoded(writer, before);
  const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
  run.slots.push(7, 7);
  const { head } = writer.segment;
  const outcome = reconcileObject(run, after, lo, hi, 0);
  const appended = writer.segment.head - head;
  expect(run.slots.top).toBe(2); // what was on the stack remains, and nothing else
  const value = outcome === Outcome.SAME ? before : readBack(writer);
  expect(JSON.stringify(value)).toBe(JSON.stringify(after));
  return { outcome, appended, writer, lo, hi };
}

describe('with the keys that it had', () => {
  it.each([0, 1, 64, 65, 1000])('is the same where all of %i values are equal', (count) => {
    const { outcome, appended } = over(keyed(count), keyed(count));
    expect([outcome, appended]).toEqual([Outcome.SAME, 0]);
  });

  it('keeps the shape of a small object', () => {
    const { writer, lo } = over({ a: 1, b: 'text' }, { a: 1, b: 'other text' });
    expect(writer.reader.shapeOf(writer.lo).unit).toBe(writer.reader.shapeOf(lo).unit);
  });

  it('edits few changes into a large object, and writes it anew with many', () => {
    const sparse = over(keyed(1000), { ...keyed(1000), 'key 3': -1, 'key 900': -1 });
    expect(sparse.appended).toBeLessThan(3000);
    const all = over(keyed(1000), Object.fromEntries(Object.keys(keyed(1000)).map((key) => [key, -1])));
    expect(all.appended).toBeGreaterThan(1000 * 8);
  });
});

describe('with other keys', () => {
  it.each<[string, Source, Source]>([
    ['one more', { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }],
    ['one less, at the end', { a: 1, b: 2 }, { a: 1 }],
    ['one less, at the front', { a: 1, b: 2 }, { b: 2 }],
    ['none', { a: 1, b: 2 }, {}],
    ['another order', { a: 1, b: 2, c: 3 }, { c: 3, a: 1, b: 2 }],
    ['one that JSON leaves out', { a: 1, b: 2, c: 3 }, { a: 1, b: undefined, c: 3 }],
    ['the last one left out', { a: 1, b: 2 }, { a: 1, b: () => 1 }],
    ['from 64 to 65', keyed(64), keyed(65)],
    ['from 65 to 64', keyed(65), keyed(64)],
    ['from 65 to none', keyed(65), {}],
  ])('is written: %s', (_, before, after) => {
    expect(over(before, after).outcome).toBe(Outcome.CHANGED);
  });

  it('is the same where only a key that JSON leaves out came', () => {
    expect(over({ a: 1 }, { a: 1, b: undefined }).outcome).toBe(Outcome.SAME);
    expect(over({ a: 1, b: 2 }, { z: undefined, a: 1, b: 2 }).outcome).toBe(Outcome.SAME);
  });
});

it('reads an object of another prototype by its own keys', () => {
  class Point {
    x = 1;
    y = 3;
  }
  expect(over({ x: 1, y: 2 }, new Point() as unknown as Source).outcome).toBe(Outcome.CHANGED);
  expect(over({ x: 1, y: 3 }, new Point() as unknown as Source).outcome).toBe(Outcome.SAME);
});
