import { describe, expect, it } from 'vitest';
import { Tag, tagOf } from '../../../../src/format/layout.js';
import { Reconciliation } from '../../../../src/format/write/reconcile.js';
import { Merge, writeLarge } from '../../../../src/format/write/reconcile-keys.js';
import { Outcome } from '../../../../src/format/write/reconciler.js';
import { encoded, keyed, newWriter, readBack, slotsOf } from './kit.js';

type Source = Record<string, unknown>;

/** Merges all of `after` into `before`, of which nothing was looked at before. */
function merged(before: Source, after: Source) {
  const writer = newWriter();
  const { lo, hi } = encoded(writer, before);
  const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
  const { head } = writer.segment;
  const outcome = new Merge(run, after, lo, hi, 0).rest([], 0, 0);
  const appended = writer.segment.head - head;
  const value = outcome === Outcome.SAME ? before : readBack(writer);
  expect(JSON.stringify(value)).toBe(JSON.stringify(after));
  return { outcome, appended, writer };
}

describe('Merge', () => {
  it.each([2, 200])('of equal entries is the same, of %i keys', (count) => {
    const { outcome, appended } = merged(keyed(count), keyed(count));
    expect([outcome, appended]).toEqual([Outcome.SAME, 0]);
  });

  it('edits a few new, changed and removed keys into a large object', () => {
    const { 'key 5': _, 'key 700': __, ...rest } = keyed(1000);
    const { appended, writer } = merged(keyed(1000), { ...rest, 'key 10': -1, new: 1 });
    expect(appended).toBeLessThan(6000);
    expect(tagOf(writer.hi)).toBe(Tag.LARGE_OBJECT);
  });

  it('writes a large object anew where old keys have another order, or a new one comes before them', () => {
    const { 'key 0': first, ...rest } = keyed(1000);
    expect(merged(keyed(1000), { ...rest, 'key 0': first }).appended).toBeGreaterThan(1000 * 24);
    expect(merged(keyed(1000), { new: 1, ...keyed(1000) }).appended).toBeGreaterThan(1000 * 24);
  });

  it('counts the bytes of the values whose keys are gone', () => {
    const { writer } = merged({ a: 'eight ch', b: 'a text of 20 letters', c: 1 }, { c: 1 });
    expect(writer.droppedBytes).toBe(8 + 20);
  });

  it('goes on behind the entries whose slots are on the stack', () => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, { a: 1, b: 2, c: 3 });
    const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
    for (const word of slotsOf(writer, [1]).slice(0, 1)) run.slots.push(word, encoded(writer, 1).hi);
    new Merge(run, { a: 1, c: 4 }, lo, hi, 0).rest(['a', 'b', 'c'], 1, 1);
    expect(readBack(writer)).toEqual({ a: 1, c: 4 });
  });

  it('begins anew where a proxy lists other keys the second time', () => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, { a: 1, b: 2 });
    const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
    const one = encoded(writer, 1);
    run.slots.push(one.lo, one.hi);
    new Merge(run, { x: 7, b: 2 }, lo, hi, 0).rest(['a', 'b'], 1, 1);
    expect(readBack(writer)).toEqual({ x: 7, b: 2 });
  });
});

describe('writeLarge', () => {
  it.each([
    [[5, 900], 3000, 'edits few changes in'],
    [Array.from({ length: 100 }, (_, i) => i), Number.POSITIVE_INFINITY, 'writes anew with many'],
  ])('of the changed positions %j appends at most %i bytes: %s', (changed, most) => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, keyed(1000));
    const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
    const keys = Object.keys(keyed(1000));
    const expected = Object.fromEntries(keys.map((key, i) => [key, changed.includes(i) ? -1 : i]));
    for (const value of Object.values(expected)) {
      const slot = encoded(writer, value);
      run.slots.push(slot.lo, slot.hi);
    }
    const { head } = writer.segment;
    writeLarge(run, lo, hi, { keys, base: 0, changed, removed: [] });
    expect(writer.segment.head - head).toBeLessThan(most);
    expect(readBack(writer)).toEqual(expected);
  });

  it('removes the keys that are gone', () => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, keyed(100));
    const run = new Reconciliation(writer, Number.POSITIVE_INFINITY);
    const { 'key 3': _, ...rest } = keyed(100);
    writeLarge(run, lo, hi, { keys: Object.keys(rest), base: 0, changed: [], removed: ['key 3'] });
    expect(readBack(writer)).toEqual(rest);
  });
});
