import { describe, expect, it } from 'vitest';
import { isContainer } from '../../../../src/format/layout.js';
import type { Slot } from '../../../../src/format/read/lookup.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { Copier } from '../../../../src/format/write/copy.js';
import type { CopyAllowance } from '../../../../src/format/write/copy-allowance.js';
import { appendedBy, coded, encoded, keyed, newWriter, numbers, readBack, resultOf } from './kit.js';

const DOCUMENT = {
  scalars: [null, true, -1, 0.5, 'inline', 'eight ch', 'λ', 'x'.repeat(70_000)],
  leaves: numbers(20).map((i) => ({ kind: 'a leaf', of: i % 3 })),
  nested: [[[{ a: [{}] }]]],
  large: keyed(300),
  list: numbers(5000),
};

/** Copies the value of a slot into a segment that follows. */
function copied(value: unknown) {
  const from = newWriter();
  const slot = encoded(from, value);
  from.finish();
  const to = newWriter({ number: 2, nodeIdBase: from.segment.head / 8 });
  new Copier(from.reader, to).copy(slot.lo, slot.hi);
  to.finish();
  return { from, slot, to };
}

describe('into another segment', () => {
  it('is the same value, and takes as many bytes as the old one uses', () => {
    const { from, slot, to } = copied(DOCUMENT);
    expect(readBack(to)).toEqual(DOCUMENT);
    expect(verify(to.segment, to.lo, to.hi)).toEqual(verify(from.segment, slot.lo, slot.hi));
  });

  it('keeps node ids', () => {
    const { from, slot, to } = copied(DOCUMENT);
    for (const key of ['leaves', 'large', 'list']) {
      const [old, fresh] = [from, to].map((writer, i) => {
        const { lo, hi } = i === 0 ? slot : resultOf(to);
        return writer.reader.nodeIdOf(writer.segment.i32[writer.reader.entry(lo, hi, key)]);
      });
      expect(fresh).toBe(old);
    }
  });

  it.each([null, 7, 'inline', 'eight ch', 'λλλ'])('copies the scalar %j', (value) => {
    const { to } = copied(value);
    expect(isContainer(to.hi)).toBe(false);
    expect(readBack(to)).toBe(value);
  });

  it('has room for many slots of nodes under way', () => {
    const wide = numbers(40).reduce<unknown>((inner) => [...numbers(60).map(String), inner], {});
    expect(readBack(copied(wide).to)).toEqual(wide);
  });

  it('is used again for the next value, and shares its strings', () => {
    const from = newWriter();
    const slots = [1, 2].map((i) => encoded(from, [i, 'a string of two values']));
    const to = newWriter({ nodeIdBase: 2 ** 20 });
    const copier = new Copier(from.reader, to);
    const strings = slots.map(({ lo, hi }) => {
      copier.copy(lo, hi);
      return to.segment.i32[to.reader.element(to.lo, to.hi, 1)];
    });
    expect(strings[0]).toBe(strings[1]);
  });
});

describe('into the same segment', () => {
  it('writes the containers anew, and neither strings nor shapes', () => {
    const writer = newWriter();
    const slot = encoded(writer, { a: [1], text: 'x'.repeat(1000) });
    writer.finish();
    const appended = appendedBy(writer, () => new Copier(writer.reader, writer).copy(slot.lo, slot.hi));
    expect(appended).toBe(16 + 16 + 16);
    expect(writer.lo).not.toBe(slot.lo);
    expect(readBack(writer)).toEqual(readBack(writer, slot));
  });

  it('tells an allowance what it takes', () => {
    const writer = newWriter();
    const slot = encoded(writer, [{ a: 1 }, [2]]);
    const spent: [number, number][] = [];
    const allowance = { spend: (...args: [number, number]) => spent.push(args) } as unknown as CopyAllowance;
    const { head } = writer.segment;
    new Copier(writer.reader, writer, allowance).copy(slot.lo, slot.hi);
    expect(spent).toEqual([
      [24, head],
      [16, head + 24],
      [24, head + 40],
    ]);
  });
});

describe('of bytes that no master wrote', () => {
  it.each<[string, (i32: Int32Array, root: Slot) => void]>([
    ['a unit outside the committed bytes', (i32, { lo }) => (i32[lo * 2 + 2] = 1 << 20)],
    ['a container that names itself', (i32, { lo }) => (i32[lo * 2 + 2] = lo)],
    ['a kind that no slot leads to', (i32, { lo }) => (i32[i32[lo * 2 + 2] * 2 + 1] = 9 << 16)],
  ])('ends with ERR_REGION_CORRUPT: %s', (_, damage) => {
    const from = newWriter();
    const root = encoded(from, [[[1], [2]], [3]]);
    damage(from.segment.i32, root);
    expect(() => new Copier(from.reader, newWriter()).copy(root.lo, root.hi)).toThrow(coded('ERR_REGION_CORRUPT'));
  });
});
