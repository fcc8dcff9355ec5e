import { describe, expect, it } from 'vitest';
import { SHARED_LEAF_MAX, Tag, tagOf } from '../../../../src/format/layout.js';
import { writeObject, writeShaped, writeSmallObject } from '../../../../src/format/write/object-write.js';
import { appendedBy, keyed, newWriter, numbers, readBack, resultOf, slotsOf } from './kit.js';

describe('writeObject', () => {
  it.each([
    [0, Tag.OBJECT],
    [1, Tag.OBJECT],
    [64, Tag.OBJECT],
    [65, Tag.LARGE_OBJECT],
    [2000, Tag.LARGE_OBJECT],
  ])('writes %i keys with the tag %i', (count, tag) => {
    const writer = newWriter();
    writeObject(writer, Object.keys(keyed(count)), slotsOf(writer, numbers(count)), 0);
    expect(tagOf(writer.hi)).toBe(tag);
    expect(readBack(writer)).toEqual(keyed(count));
  });

  it("puts keys into JSON's order, with their values", () => {
    const writer = newWriter();
    const words = slotsOf(writer, [9, 1, 2, 3, 4]);
    writeObject(writer, ['b', '10', 'a', '2'], words, 2);
    expect(Object.entries(readBack(writer) as object)).toEqual([
      ['2', 4],
      ['10', 2],
      ['b', 1],
      ['a', 3],
    ]);
  });

  it('stores a shape once for all objects of the same keys', () => {
    const writer = newWriter();
    const shapeOf = (values: number[]) => {
      writeObject(writer, ['a', 'b'], slotsOf(writer, values), 0);
      return writer.reader.shapeOf(writer.lo).unit;
    };
    expect(shapeOf([1, 2])).toBe(shapeOf([3, 4]));
  });

  it.each([
    [SHARED_LEAF_MAX, true],
    [SHARED_LEAF_MAX + 1, false],
  ])('of %i scalars shares the node of an equal object: %s', (count, shares) => {
    const writer = newWriter();
    const words = slotsOf(writer, numbers(count));
    const write = () => writeObject(writer, Object.keys(keyed(count)), words, 0);
    write();
    const first = resultOf(writer);
    expect(appendedBy(writer, write) === 0).toBe(shares);
    expect(writer.lo === first.lo).toBe(shares);
  });

  it('shares no object with a container in it', () => {
    const writer = newWriter();
    const words = slotsOf(writer, [[]]);
    writeObject(writer, ['a'], words, 0);
    const { lo } = writer;
    writeObject(writer, ['a'], words, 0);
    expect(writer.lo).not.toBe(lo);
  });
});

it('writeShaped and writeSmallObject write what writeObject does', () => {
  const writer = newWriter();
  const words = slotsOf(writer, [1, [2]]);
  const path = writer.shapes.of(['a', 'b']);
  writeShaped(writer, path, words, 0);
  expect(readBack(writer)).toEqual({ a: 1, b: [2] });
  writeSmallObject(writer, writer.shape(path), words, 0, 2);
  expect(readBack(writer)).toEqual({ a: 1, b: [2] });
});
