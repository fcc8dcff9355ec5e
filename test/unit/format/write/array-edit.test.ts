import { describe, expect, it } from 'vitest';
import { ARRAY_NODE_MAX, Tag, tagOf } from '../../../../src/format/layout.js';
import { endOf } from '../../../../src/format/read/array-index.js';
import { insertElement, removeElement, setElement } from '../../../../src/format/write/array-edit.js';
import type { Writer } from '../../../../src/format/write/writer.js';
import { appendedBy, encoded, newWriter, numbers, readBack, resultOf } from './kit.js';

/** The integer `value` as a slot. */
function slot(writer: Writer, value: number): [lo: number, hi: number] {
  const { lo, hi } = encoded(writer, value);
  return [lo, hi];
}

function list(count: number) {
  const writer = newWriter();
  return { writer, root: encoded(writer, numbers(count)) };
}

describe('setElement', () => {
  it.each([1, 64, 65, 5000])('changes the first, a middle and the last of %i, in a new tree', (count) => {
    const { writer, root } = list(count);
    const expected = numbers(count);
    let { lo, hi } = root;
    for (const index of new Set([0, count >> 1, count - 1])) {
      setElement(writer, lo, hi, index, ...slot(writer, -index - 1));
      expected[index] = -index - 1;
      ({ lo, hi } = resultOf(writer));
    }
    expect(readBack(writer)).toEqual(expected);
    expect(readBack(writer, root)).toEqual(numbers(count));
  });

  it('writes the nodes on the way only', () => {
    const { writer, root } = list(5000);
    const appended = appendedBy(writer, () => setElement(writer, root.lo, root.hi, 2500, ...slot(writer, 1)));
    expect(appended).toBeLessThan(3 * (8 + 8 * ARRAY_NODE_MAX) + 1);
  });
});

describe('insertElement', () => {
  it.each([0, 32, 64])('makes a small array of 64 large, before element %i', (index) => {
    const { writer, root } = list(64);
    insertElement(writer, root.lo, root.hi, index, ...slot(writer, -1));
    expect(tagOf(writer.hi)).toBe(Tag.LARGE_ARRAY);
    expect(readBack(writer)).toEqual(numbers(64).toSpliced(index, 0, -1));
  });

  it('leaves full nodes behind when it appends, and halves when it does not', () => {
    const { writer, root } = list(64);
    insertElement(writer, root.lo, root.hi, 64, ...slot(writer, -1));
    expect(endOf(writer.reader, writer.lo, 0)).toBe(64);
    insertElement(writer, root.lo, root.hi, 10, ...slot(writer, -1));
    expect(endOf(writer.reader, writer.lo, 0)).toBe(32);
  });

  it('builds an array from nothing, in every order of growth', () => {
    for (const at of [(length: number) => length, () => 0, (length: number) => length >> 1]) {
      const { writer, root } = list(0);
      const expected: number[] = [];
      let { lo, hi } = root;
      for (let i = 0; i < 300; i++) {
        insertElement(writer, lo, hi, at(i), ...slot(writer, i));
        expected.splice(at(i), 0, i);
        ({ lo, hi } = resultOf(writer));
      }
      expect(readBack(writer)).toEqual(expected);
    }
  });

  it('adds a level where the root index is full', () => {
    const { writer, root } = list(ARRAY_NODE_MAX ** 2);
    insertElement(writer, root.lo, root.hi, 100, ...slot(writer, -1));
    expect(writer.reader.childCountOf(writer.lo)).toBe(2);
    expect(readBack(writer)).toEqual(numbers(ARRAY_NODE_MAX ** 2).toSpliced(100, 0, -1));
  });
});

describe('removeElement', () => {
  it.each([
    ['first', () => 0],
    ['last', (length: number) => length - 1],
    ['middle', (length: number) => length >> 1],
  ])('empties an array by its %s element, which becomes small on the way', (_, at) => {
    const { writer, root } = list(200);
    const expected = numbers(200);
    let { lo, hi } = root;
    const tags = new Set<number>();
    while (expected.length > 0) {
      const index = at(expected.length);
      removeElement(writer, lo, hi, index);
      expected.splice(index, 1);
      ({ lo, hi } = resultOf(writer));
      tags.add(tagOf(hi));
      if (expected.length % 40 === 0) expect(readBack(writer)).toEqual(expected);
    }
    expect(tags).toEqual(new Set([Tag.ARRAY, Tag.LARGE_ARRAY]));
  });

  it('joins a leaf that has become small with its neighbour', () => {
    const { writer, root } = list(128);
    let { lo, hi } = root;
    for (let i = 0; i < 49; i++) {
      removeElement(writer, lo, hi, 0);
      ({ lo, hi } = resultOf(writer));
    }
    // 15 of the first leaf and 64 of the second one are cut in halves.
    expect([endOf(writer.reader, lo, 0), endOf(writer.reader, lo, 1)]).toEqual([39, 79]);
    expect(readBack(writer)).toEqual(numbers(128).slice(49));
  });
});
