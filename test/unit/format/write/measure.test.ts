import { describe, expect, it } from 'vitest';
import { arrayBytes, bucketBytes, objectBytes } from '../../../../src/format/layout.js';
import { bytesOf } from '../../../../src/format/write/measure.js';
import { encoded, keyed, newWriter, numbers } from './kit.js';

function measured(value: unknown): number {
  const writer = newWriter();
  const { lo, hi } = encoded(writer, value);
  return bytesOf(writer.reader, lo, hi);
}

describe('bytesOf', () => {
  it.each([
    ['a number', 0.5, 0],
    ['an inline string', 'inline', 0],
    ['a narrow string', 'eight ch', 8],
    ['a wide string', 'λλλ', 6],
    ['a long string', 'x'.repeat(70_000), 70_000],
    ['a long wide string', 'λ'.repeat(70_000), 140_000],
    ['an empty array', [], arrayBytes(0)],
    ['an empty object', {}, objectBytes(0)],
    ['an object without its shape', { 'a key of some length': 'eight ch' }, objectBytes(1) + 8],
    ['what it contains', [[1, 2], { a: [3] }], arrayBytes(2) + arrayBytes(2) + objectBytes(1) + arrayBytes(1)],
    ['a node that two slots name, once', [[1], [1]], arrayBytes(2) + arrayBytes(1)],
    ['a large array without its index', numbers(100), arrayBytes(64) + arrayBytes(36)],
    ['a large object', keyed(70), 70 * bucketBytes(1)],
  ])('of %s', (_, value, bytes) => {
    expect(measured(value)).toBe(bytes);
  });

  it('counts the keys of a large object', () => {
    const long = Object.fromEntries(numbers(70).map((i) => [`a long key ${100 + i}`, i]));
    expect(measured(long)).toBe(70 * (bucketBytes(1) + 14));
  });

  it('needs no stack of the machine', () => {
    const depth = 20_000;
    expect(measured(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toBe(depth * arrayBytes(1) - 8);
  });
});
