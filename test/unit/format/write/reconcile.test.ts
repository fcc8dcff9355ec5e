import { describe, expect, it } from 'vitest';
import { Outgrown, reconcile } from '../../../../src/format/write/reconcile.js';
import { appendedBy, encoded, keyed, newWriter, numbers, readBack, resultOf } from './kit.js';

/** Writes `after` over `before`; returns what that appended and whether the slot is the old one. */
function over(before: unknown, after: unknown, mostBytes?: number) {
  const writer = newWriter();
  const root = encoded(writer, before);
  writer.finish();
  const json = after as Parameters<typeof reconcile>[1];
  const appended = appendedBy(writer, () => reconcile(writer, json, root.lo, root.hi, mostBytes));
  const { lo, hi } = resultOf(writer);
  expect(readBack(writer)).toEqual(after);
  expect(readBack(writer, root)).toEqual(before);
  return { appended, isOld: lo === root.lo && hi === root.hi, droppedBytes: writer.droppedBytes };
}

const nested = (depth: number, inner: unknown) => numbers(depth).reduce<unknown>((value) => [value], inner);

describe('reconcile', () => {
  it.each([
    [null],
    [7],
    ['inline'],
    ['a longer text'],
    [[1, 'two', null]],
    [{ a: { b: [{}] } }],
    [keyed(100)],
    [numbers(5000)],
    [nested(150, 1)],
  ])('writes nothing over an equal value (%#)', (value) => {
    expect(over(value, structuredClone(value))).toEqual({ appended: 0, isOld: true, droppedBytes: 0 });
  });

  it.each([
    [1, 2],
    ['a longer text', 'another text'],
    [null, [1]],
    [[1], { 0: 1 }],
    [{ a: 1 }, [1]],
    [{ a: [1] }, 'text'],
    [nested(150, 1), nested(150, 2)],
  ])('writes a value over another of any kind (%#)', (before, after) => {
    expect(over(before, after).isOld).toBe(false);
  });

  it('shares what is equal', () => {
    const before = { list: numbers(60), keyed: keyed(60), text: 'x'.repeat(1000) };
    const { appended } = over(before, { ...structuredClone(before), text: 'y' });
    expect(appended).toBe(16 + 3 * 8);
  });

  it('counts the bytes of what it replaces', () => {
    expect(over({ a: 'eight ch' }, { a: 1 }).droppedBytes).toBe(8);
    expect(over({ a: numbers(30) }, { a: 1 }).droppedBytes).toBe(8 + 8 * 30);
    expect(over(nested(150, 'eight ch'), nested(150, 1)).droppedBytes).toBeGreaterThan(8);
  });

  it('gives back what it wrote to compare what is nested deeply', () => {
    expect(over(nested(300, 'a longer text'), nested(300, 'a longer text')).appended).toBe(0);
  });

  it('ends when the segment would outgrow its bound', () => {
    const before = numbers(100).map((i) => [i]);
    const after = numbers(100).map((i) => [`a text of number ${i}`]);
    expect(() => over(before, after, 3000)).toThrow(Outgrown);
    over(before, after, 100_000);
  });
});
