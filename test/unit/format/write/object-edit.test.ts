import { describe, expect, it } from 'vitest';
import { Tag, tagOf } from '../../../../src/format/layout.js';
import { addEntry, deleteEntry, replaceEntry, setEntry } from '../../../../src/format/write/object-edit.js';
import { appendedBy, encoded, keyed, newWriter, numbers, readBack, resultOf } from './kit.js';

/** An object of `count` keys and what `edit` makes of it; `one` is the slot of the number 1. */
function edited(
  object: Record<string, unknown>,
  edit: (writer: ReturnType<typeof newWriter>, lo: number, hi: number, one: [number, number]) => void,
) {
  const writer = newWriter();
  const root = encoded(writer, object);
  const one = encoded(writer, -1);
  edit(writer, root.lo, root.hi, [one.lo, one.hi]);
  const result = readBack(writer) as Record<string, unknown>;
  const { hi } = resultOf(writer);
  expect(readBack(writer, root)).toEqual(object);
  return { result, tag: tagOf(hi) };
}

describe('setEntry', () => {
  it.each([0, 1, 63, 64, 65, 500])('adds a key behind %i others', (count) => {
    const { result, tag } = edited(keyed(count), (writer, lo, hi, one) => setEntry(writer, lo, hi, 'new', ...one));
    expect(Object.entries(result)).toEqual([...Object.entries(keyed(count)), ['new', -1]]);
    expect(tag).toBe(count < 64 ? Tag.OBJECT : Tag.LARGE_OBJECT);
  });

  it.each([1, 64, 65, 500])('replaces the value of a key of %i, where it is', (count) => {
    const key = `key ${count >> 1}`;
    const { result } = edited(keyed(count), (writer, lo, hi, one) => setEntry(writer, lo, hi, key, ...one));
    expect(Object.entries(result)).toEqual(Object.entries({ ...keyed(count), [key]: -1 }));
  });

  it('puts integer-like keys in ascending order before all others', () => {
    const start = { 5: 'five', b: 'b' };
    const keysWith = (key: string) =>
      Object.keys(edited(start, (writer, lo, hi, one) => addEntry(writer, lo, hi, key, ...one)).result);
    expect(keysWith('3')).toEqual(['3', '5', 'b']);
    expect(keysWith('7')).toEqual(['5', '7', 'b']);
    expect(keysWith('07')).toEqual(['5', 'b', '07']);
    expect(keysWith('a')).toEqual(['5', 'b', 'a']);
  });
});

describe('replaceEntry', () => {
  it('writes a few nodes of a large object, and nothing of the others', () => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, keyed(5000));
    const value = encoded(writer, -1);
    const word = writer.reader.entry(lo, hi, 'key 77');
    const appended = appendedBy(writer, () => replaceEntry(writer, lo, hi, 'key 77', word, value.lo, value.hi));
    expect(appended).toBeLessThan(1500);
    expect(readBack(writer)).toEqual({ ...keyed(5000), 'key 77': -1 });
  });

  it('keeps the shape of a small one, for a scalar and for a container', () => {
    const writer = newWriter();
    const { lo, hi } = encoded(writer, { a: 1, b: 2 });
    const { unit } = writer.reader.shapeOf(lo);
    for (const value of ['a text of some length', [1], {}]) {
      const slot = encoded(writer, value);
      replaceEntry(writer, lo, hi, 'b', writer.reader.entry(lo, hi, 'b'), slot.lo, slot.hi);
      expect(writer.reader.shapeOf(writer.lo).unit).toBe(unit);
      expect(readBack(writer)).toEqual({ a: 1, b: value });
    }
  });
});

describe('deleteEntry', () => {
  it.each([
    [1, 0],
    [64, 0],
    [64, 63],
    [65, 30],
    [500, 499],
  ])('of %i keys removes number %i and keeps the order', (count, i) => {
    const { [`key ${i}`]: _, ...rest } = keyed(count);
    const { result } = edited(keyed(count), (writer, lo, hi) => deleteEntry(writer, lo, hi, `key ${i}`));
    expect(Object.entries(result)).toEqual(Object.entries(rest));
  });

  it('makes a large object small when it has fewer than 32 keys, and not before', () => {
    const writer = newWriter();
    const object = keyed(65);
    let { lo, hi } = encoded(writer, object);
    const tags: number[] = [];
    for (const i of numbers(65)) {
      deleteEntry(writer, lo, hi, `key ${i}`);
      ({ lo, hi } = resultOf(writer));
      tags.push(tagOf(hi));
    }
    expect(tags.lastIndexOf(Tag.LARGE_OBJECT)).toBe(65 - 32 - 1);
    expect(readBack(writer)).toEqual({});
  });

  it('writes a large object anew when its ordinals run too far ahead', () => {
    const writer = newWriter();
    let { lo, hi } = encoded(writer, keyed(65));
    const one = encoded(writer, 1);
    let rewritten = 0;
    let ordinal = 65;
    for (let i = 0; i < 1400; i++) {
      setEntry(writer, lo, hi, `new ${i}`, one.lo, one.hi);
      deleteEntry(writer, writer.lo, writer.hi, `new ${i}`);
      ({ lo, hi } = resultOf(writer));
      const { nextOrdinal } = writer.reader.rootOf(lo);
      if (nextOrdinal < ordinal) rewritten++;
      ordinal = nextOrdinal;
    }
    expect(rewritten).toBe(1);
    expect(readBack(writer)).toEqual(keyed(65));
  });
});
