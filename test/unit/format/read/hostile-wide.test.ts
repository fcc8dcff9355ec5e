/** Wide objects as no master writes them: what they name is checked, and a small file does not unfold into a large one. */
import { describe, expect, it } from 'vitest';
import { hiOf, Tag } from '../../../../src/format/layout.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { Reader } from '../../../../src/format/read/reader.js';
import { viewOf } from '../../../../src/format/read/view.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { Copier } from '../../../../src/format/write/copy.js';
import { bytesOf } from '../../../../src/format/write/measure.js';
import { arrayAt, Forge, integer, largeArrayAt, largeObjectAt, type Slot } from '../forge.js';
import { newWriter } from '../write/kit.js';

const corrupt = (reason: string) => expect.objectContaining({ code: 'ERR_REGION_CORRUPT', reason });
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
/** A key of four characters in its slot. */
const key = (i: number): Slot => [
  0x61616161 + (i & 15) + ((i >> 4) & 15) * 256 + (i >> 8) * 65536,
  hiOf(Tag.INLINE + 4),
];

function listAt(forge: Forge, slots: readonly Slot[], leafSize = 64): number {
  const children: [number, number][] = [];
  for (let end = 0; end < slots.length; ) {
    const leaf = slots.slice(end, end + leafSize);
    end += leaf.length;
    children.push([forge.array(leaf), end]);
  }
  return forge.index(children);
}

/** What each way of reading or copying everything throws. */
function expectRefused(forge: Forge, root: Slot, reason: string): void {
  const reader = () => new Reader(forge.segment);
  const target = newWriter({ number: 2 });
  expect(() => materialize(reader(), ...root)).toThrow(corrupt(reason));
  expect(() => JSON.stringify(viewOf(reader(), ...root))).toThrow(corrupt(reason));
  expect(() => new Copier(reader(), target).copy(...root)).toThrow(
    expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }),
  );
  expect(() => bytesOf(reader(), ...root)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
  expect(verify(forge.segment, ...root).problems).not.toEqual([]);
}

describe('a wide object', () => {
  it('is read where it is sound', () => {
    const forge = new Forge();
    const keys = listAt(forge, listOf(70, key));
    const root = arrayAt(
      forge.array(listOf(3, () => largeObjectAt(forge.wide(keys, listAt(forge, listOf(70, integer)))))),
    );
    // The objects lie before the array, because arguments come first.
    expect(verify(forge.segment, ...root).problems).toEqual([]);
    const rows = materialize(new Reader(forge.segment), ...root) as object[];
    expect(rows.map((row) => Object.keys(row).length)).toEqual([70, 70, 70]);
  });

  it.each<[string, string, (forge: Forge) => number]>([
    [
      'of fewer values than keys',
      'a wide object has another number of values than keys',
      (forge) => forge.wide(listAt(forge, listOf(70, key)), listAt(forge, listOf(69, integer))),
    ],
    [
      'of 64 entries',
      'a wide object has 64 entries',
      (forge) => forge.wide(listAt(forge, listOf(64, key), 32), listAt(forge, listOf(64, integer), 32)),
    ],
    [
      'of 1,025 entries',
      'a wide object has 1025 entries',
      (forge) => forge.wide(listAt(forge, listOf(1025, key)), listAt(forge, listOf(1025, integer))),
    ],
    [
      'with a key that is no string',
      'a key is no string',
      (forge) => forge.wide(listAt(forge, listOf(70, integer)), listAt(forge, listOf(70, integer))),
    ],
    [
      'with a key twice',
      'a shape repeats a key',
      (forge) =>
        forge.wide(
          listAt(
            forge,
            listOf(70, (i) => key(i % 69)),
          ),
          listAt(forge, listOf(70, integer)),
        ),
    ],
    [
      'whose values lie behind it',
      'an offset leads outside the committed bytes',
      (forge) => {
        const keys = listAt(forge, listOf(70, key));
        const unit = forge.wide(keys, 0);
        forge.segment.i32[unit * 2 + 3] = listAt(forge, listOf(70, integer));
        return unit;
      },
    ],
    [
      'whose keys lie behind it',
      'an offset leads outside the committed bytes',
      (forge) => {
        const values = listAt(forge, listOf(70, integer));
        const unit = forge.wide(0, values);
        forge.segment.i32[unit * 2 + 2] = listAt(forge, listOf(70, key));
        return unit;
      },
    ],
    [
      'whose values are a small array',
      'the index of a large array is not where it should be',
      (forge) => forge.wide(listAt(forge, listOf(70, key)), forge.array(listOf(70, integer))),
    ],
  ])('%s is refused', (_, reason, make) => {
    const forge = new Forge();
    expectRefused(forge, largeObjectAt(make(forge)), reason);
  });
});

describe('wide objects that name one array of values', () => {
  it('are refused before they unfold', () => {
    const forge = new Forge(1 << 20);
    const keys = listAt(forge, listOf(1024, key));
    const values = listAt(forge, listOf(1024, integer));
    const wides = listOf(300, () => largeObjectAt(forge.wide(keys, values)));
    expectRefused(forge, arrayAt(forge.array(wides)), 'subtrees are shared');
  });

  it('are refused too where each has a key list of its own over the same keys', () => {
    const forge = new Forge(1 << 21);
    const keys = listOf(16, (i) => forge.array(listOf(64, (j) => key(i * 64 + j))));
    const values = listAt(forge, listOf(1024, integer));
    const wides = listOf(300, () => {
      const list = forge.index(keys.map((unit, i) => [unit, (i + 1) * 64]));
      return largeObjectAt(forge.wide(list, values));
    });
    expectRefused(forge, arrayAt(forge.array(wides)), 'subtrees are shared');
  });

  it('give no more key lists to keep than the segment has room for', () => {
    const forge = new Forge(1 << 21);
    const keys = listOf(16, (i) => forge.array(listOf(64, (j) => key(i * 64 + j))));
    const values = listAt(forge, listOf(1024, integer));
    const reader = new Reader(forge.segment);
    const wides = listOf(4000, () => forge.wide(forge.index(keys.map((unit, i) => [unit, (i + 1) * 64])), values));
    const first = reader.wideOf(wides[0]).shape;
    expect(reader.wideOf(wides[0]).shape).toBe(first);
    for (const unit of wides) reader.wideOf(unit);
    expect(reader.wideOf(wides[0]).shape).not.toBe(first);
  });
});

describe('verify', () => {
  it('tells keys that do not stand in the order of JSON, and the array of keys as a value', () => {
    const forge = new Forge();
    const digits: Slot = ['7'.charCodeAt(0), hiOf(Tag.INLINE + 1)];
    const keys = listAt(forge, [...listOf(70, key), digits]);
    const values = listAt(forge, listOf(71, integer));
    const root = largeObjectAt(forge.wide(keys, values));
    expect(verify(forge.segment, ...root).problems.join()).toContain("do not stand in JSON's order");
    const both = arrayAt(forge.array([largeArrayAt(values), root]));
    expect(verify(forge.segment, ...both).problems.join()).toContain('the values of a wide object are shared');
  });
});
