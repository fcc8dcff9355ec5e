import { describe, expect, it } from 'vitest';
import { Tag, tagOf } from '../../../../src/format/layout.js';
import { encode, encodeJson } from '../../../../src/format/write/encode.js';
import { appendedBy, coded, encoded, keyed, newWriter, numbers, readBack } from './kit.js';

describe('encode', () => {
  it.each([
    [0, Tag.OBJECT, Tag.ARRAY],
    [1, Tag.OBJECT, Tag.ARRAY],
    [64, Tag.OBJECT, Tag.ARRAY],
    [65, Tag.LARGE_OBJECT, Tag.LARGE_ARRAY],
  ])('writes %i entries with the tags %i and %i', (count, objectTag, arrayTag) => {
    const writer = newWriter();
    expect(tagOf(encoded(writer, keyed(count)).hi)).toBe(objectTag);
    expect(readBack(writer)).toEqual(keyed(count));
    expect(tagOf(encoded(writer, numbers(count)).hi)).toBe(arrayTag);
    expect(readBack(writer)).toEqual(numbers(count));
  });

  it('keeps the order of keys, integers first as JavaScript has them', () => {
    const writer = newWriter();
    encode(writer, { b: 1, a: 2, 10: 3, 9: 4 });
    expect(Object.keys(readBack(writer) as object)).toEqual(['9', '10', 'b', 'a']);
  });

  it.each([undefined, () => 1, Symbol('s')])('writes nothing for what JSON leaves out: %s', (value) => {
    const writer = newWriter();
    expect(appendedBy(writer, () => expect(encode(writer, value)).toBe(false))).toBe(0);
  });

  it('leaves it out of objects, of small and of large ones, and makes it null in arrays', () => {
    const writer = newWriter();
    const sparse = Object.assign(new Array(4), { 0: undefined, 1: () => 1, 3: 2 });
    encode(writer, { a: undefined, b: sparse, ...keyed(70), c: Symbol('s') });
    expect(readBack(writer)).toEqual({ b: [null, null, null, 2], ...keyed(70) });
  });

  it('asks toJSON with the key, and opens boxes', () => {
    const writer = newWriter();
    const named = { toJSON: (key: string) => `called for ${key}` };
    encode(writer, { a: named, b: [named], c: Object(1), d: new Date(0), e: Number.NaN, f: -0 });
    const expected = { a: 'called for a', b: ['called for 0'], c: 1, d: '1970-01-01T00:00:00.000Z', e: null, f: 0 };
    expect(readBack(writer)).toStrictEqual(expected);
  });

  it.each([49, 50, 51, 1000])('writes %i objects in arrays in one another', (count) => {
    const writer = newWriter();
    const nested = (inner: string) => JSON.parse('[{"a":'.repeat(count) + inner + '}]'.repeat(count));
    encode(writer, nested('[1,"two",{}]'));
    expect(JSON.stringify(readBack(writer))).toBe(JSON.stringify(nested('[1,"two",{}]')));
  });

  it('writes an object that several entries name, and refuses one that contains itself, at any depth', () => {
    const writer = newWriter();
    const shared = { a: 1 };
    encode(writer, [shared, shared, { shared }]);
    expect(readBack(writer)).toEqual([shared, shared, { shared }]);
    for (const depth of [1, 3, 150]) {
      const cyclic: unknown[] = [];
      cyclic.push(numbers(depth).reduce<unknown>((inner) => ({ inner }), cyclic));
      expect(() => encode(writer, cyclic)).toThrow(coded('ERR_NOT_SERIALIZABLE'));
    }
  });

  it('reads the keys of other than plain objects with Object.keys', () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    const writer = newWriter();
    encode(writer, [new Point(), Object.create({ inherited: 1 }, { own: { value: 3, enumerable: true } })]);
    expect(readBack(writer)).toEqual([{ x: 1 }, { own: 3 }]);
  });
});

it('encodeJson takes a value as it is, without toJSON', () => {
  const writer = newWriter();
  expect(encodeJson(writer, { toJSON: undefined, a: 1 })).toBe(true);
  expect(readBack(writer)).toEqual({ a: 1 });
  expect(encodeJson(writer, undefined)).toBe(false);
});
