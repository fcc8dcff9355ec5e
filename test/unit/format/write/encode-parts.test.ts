import { describe, expect, it } from 'vitest';
import { isTagged, Tag, tagOf } from '../../../../src/format/layout.js';
import { cycle, lengthOf, writeScalar } from '../../../../src/format/write/encode-parts.js';
import { coded, newWriter, readBack, resultOf } from './kit.js';

describe('writeScalar', () => {
  it.each<[null | boolean | number | string, number]>([
    [null, Tag.CONSTANT],
    [false, Tag.CONSTANT],
    [true, Tag.CONSTANT],
    [0, Tag.INTEGER],
    [2 ** 31 - 1, Tag.INTEGER],
    [-(2 ** 31), Tag.INTEGER],
    ['', Tag.INLINE],
    ['seven c', Tag.LATIN1],
  ])('stores %j with the tag %i', (value, tag) => {
    const writer = newWriter();
    writeScalar(writer, value);
    const { hi } = resultOf(writer);
    expect([isTagged(hi), tagOf(hi)]).toEqual([true, tag]);
    expect(readBack(writer)).toBe(value);
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 0.5, -0, 5e-324, 1.7976931348623157e308])('stores %j as a double', (value) => {
    const writer = newWriter();
    writeScalar(writer, value);
    expect(isTagged(writer.hi)).toBe(false);
    const words = Int32Array.of(writer.lo, writer.hi);
    expect(new Float64Array(words.buffer)[0]).toBe(value);
  });
});

describe('lengthOf', () => {
  it.each([
    [[1, 2, 3], 3],
    [{ length: '4' }, 4],
    [{ length: 2.9 }, 2],
    [{ length: -1 }, 0],
    [{ length: Number.NaN }, 0],
    [{ length: undefined }, 0],
    [{ length: Number.POSITIVE_INFINITY }, Number.MAX_SAFE_INTEGER],
    [{ length: 2 ** 40 }, 2 ** 40],
  ])('of %j is %i', (source, length) => {
    expect(lengthOf(source)).toBe(length);
  });
});

it('a cycle is an error that JSON has too', () => {
  expect(cycle()).toEqual(coded('ERR_NOT_SERIALIZABLE'));
});
