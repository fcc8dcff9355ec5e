import { describe, expect, it } from 'vitest';
import { ARRAY_NODE_MAX, Kind, kindOf, SHARED_LEAF_MAX, Tag, tagOf } from '../../../../src/format/layout.js';
import { childUnit, endOf } from '../../../../src/format/read/array-index.js';
import { writeArray } from '../../../../src/format/write/array-write.js';
import { appendedBy, newWriter, numbers, readBack, resultOf, slotsOf } from './kit.js';

function writeNumbers(count: number) {
  const writer = newWriter();
  writeArray(writer, slotsOf(writer, numbers(count)), 0, count);
  return { writer, ...resultOf(writer) };
}

describe('writeArray', () => {
  it.each([0, 1, ARRAY_NODE_MAX - 1, ARRAY_NODE_MAX])('writes %i elements as one node', (count) => {
    const { writer, hi } = writeNumbers(count);
    expect(tagOf(hi)).toBe(Tag.ARRAY);
    expect(readBack(writer)).toEqual(numbers(count));
  });

  it.each([ARRAY_NODE_MAX + 1, 1000, ARRAY_NODE_MAX ** 2])('writes %i elements as one index over leaves', (count) => {
    const { writer, lo, hi } = writeNumbers(count);
    const { reader } = writer;
    expect(tagOf(hi)).toBe(Tag.LARGE_ARRAY);
    expect(reader.childCountOf(lo)).toBe(Math.ceil(count / ARRAY_NODE_MAX));
    expect(endOf(reader, lo, 0)).toBe(ARRAY_NODE_MAX);
    expect(kindOf(writer.segment.i32[childUnit(reader, lo, 0) * 2 + 1])).toBe(Kind.ARRAY);
    expect(readBack(writer)).toEqual(numbers(count));
  });

  it('writes more than an index of leaves holds as an index of indexes', () => {
    const count = ARRAY_NODE_MAX ** 2 + 1;
    const { writer, lo } = writeNumbers(count);
    const { reader } = writer;
    expect(reader.childCountOf(lo)).toBe(2);
    expect(kindOf(writer.segment.i32[childUnit(reader, lo, 0) * 2 + 1])).toBe(Kind.ARRAY_INDEX);
    expect(readBack(writer)).toEqual(numbers(count));
  });

  it('takes its slots from the base that it is given', () => {
    const writer = newWriter();
    writeArray(writer, slotsOf(writer, [7, 7, 1, 2, 7]), 4, 2);
    expect(readBack(writer)).toEqual([1, 2]);
  });

  it.each([
    [SHARED_LEAF_MAX, true],
    [SHARED_LEAF_MAX + 1, false],
  ])('of %i scalars shares the node of an equal one: %s', (count, shares) => {
    const { writer, lo } = writeNumbers(count);
    const words = slotsOf(writer, numbers(count));
    const appended = appendedBy(writer, () => writeArray(writer, words, 0, count));
    expect([writer.lo === lo, appended === 0]).toEqual([shares, shares]);
  });
});
