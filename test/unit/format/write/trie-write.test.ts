import { describe, expect, it } from 'vitest';
import { BUCKET_MAX, COUNT_MAX, countOf, Kind, kindOf } from '../../../../src/format/layout.js';
import { visitTrie } from '../../../../src/format/read/hash-trie.js';
import { buildTrie, deleteFromTrie, insertInTrie, replaceInTrie } from '../../../../src/format/write/trie-write.js';
import type { Writer } from '../../../../src/format/write/writer.js';
import { appendedBy, coded, encoded, newWriter, numbers } from './kit.js';

/** Entries of these hashes, whose ordinals are 0, 1 … and whose values are the numbers 100, 101 … */
function entriesOf(writer: Writer, hashes: readonly number[]) {
  const slot = (value: unknown) => Object.values(encoded(writer, value));
  return {
    hashes: Int32Array.from(hashes),
    ordinals: Int32Array.from(hashes.keys()),
    keys: Int32Array.from(hashes.flatMap((_, i) => slot(`k${i}`))),
    values: Int32Array.from(hashes.flatMap((_, i) => slot(100 + i))),
  };
}

/** The values by ordinal, and the word of the slot of each. */
function contentOf({ segment, reader }: Writer, unit: number) {
  const values: [ordinal: number, value: number][] = [];
  const words = new Map<number, number>();
  visitTrie(segment, unit, reader.end, (_, word, ordinal) => {
    values.push([ordinal, segment.i32[word]]);
    words.set(ordinal, word);
  });
  return { values: new Map(values.sort(([a], [b]) => a - b)), words };
}

const kindAt = ({ segment }: Writer, unit: number) => kindOf(segment.i32[unit * 2 + 1]);
const expected = (count: number) => new Map(numbers(count).map((i) => [i, 100 + i]));

describe('buildTrie', () => {
  it.each([
    [1, Kind.BUCKET],
    [BUCKET_MAX, Kind.BUCKET],
    [BUCKET_MAX + 1, Kind.BRANCH],
    [1000, Kind.BRANCH],
  ])('of %i entries has a root of kind %i', (count, kind) => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, numbers(count)));
    expect(kindAt(writer, unit)).toBe(kind);
    expect(contentOf(writer, unit).values).toEqual(expected(count));
  });

  it('has a child for each group of five bits that occurs', () => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, [...Array(10).fill(3), ...Array(10).fill(31)]));
    const { i32 } = writer.segment;
    expect([countOf(i32[unit * 2 + 1]), i32[unit * 2 + 2] >>> 0]).toEqual([2, 2 ** 3 + 2 ** 31]);
  });

  it('puts more entries of one hash than a bucket may have into one below all branches', () => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, Array(BUCKET_MAX + 5).fill(-1)));
    expect(contentOf(writer, unit).values).toEqual(expected(BUCKET_MAX + 5));
    const tooMany = entriesOf(writer, Array(COUNT_MAX + 1).fill(-1));
    expect(() => buildTrie(writer, tooMany)).toThrow(coded('ERR_TOO_LARGE'));
  });
});

describe('insertInTrie', () => {
  it('adds entries one by one, in a new tree each, and leaves the old ones', () => {
    const writer = newWriter();
    const hashes = numbers(300).map((i) => Math.imul(i, 0x9e3779b1));
    let unit = buildTrie(writer, entriesOf(writer, hashes.slice(0, 1)));
    const first = unit;
    for (let i = 1; i < hashes.length; i++) {
      const key = encoded(writer, `k${i}`);
      const entry = { hash: hashes[i], ordinal: i, keyLo: key.lo, keyHi: key.hi, ...encoded(writer, 100 + i) };
      unit = insertInTrie(writer, unit, writer.reader.end, entry);
    }
    expect(contentOf(writer, unit).values).toEqual(expected(300));
    expect(contentOf(writer, first).values).toEqual(expected(1));
  });
});

describe('replaceInTrie', () => {
  it('changes the value of one entry, and writes a bucket and the branches above it', () => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, numbers(1000)));
    const word = contentOf(writer, unit).words.get(77) as number;
    const { lo, hi } = encoded(writer, -1);
    let changed = 0;
    const appended = appendedBy(writer, () => {
      changed = replaceInTrie(writer, unit, writer.reader.end, { hash: 77, word, lo, hi });
    });
    expect(appended).toBeLessThan(1000);
    expect(contentOf(writer, changed).values).toEqual(expected(1000).set(77, -1));
    expect(contentOf(writer, unit).values).toEqual(expected(1000));
  });
});

describe('deleteFromTrie', () => {
  const without = (writer: Writer, unit: number, hash: number, ordinal: number): number => {
    const word = contentOf(writer, unit).words.get(ordinal) as number;
    return deleteFromTrie(writer, unit, writer.reader.end, { hash, word });
  };

  it('removes entries until none is left', () => {
    const writer = newWriter();
    let unit = buildTrie(writer, entriesOf(writer, numbers(100)));
    const rest = expected(100);
    for (const i of numbers(100)) {
      unit = without(writer, unit, i, i);
      rest.delete(i);
      if (i < 99) expect(contentOf(writer, unit).values).toEqual(rest);
    }
    expect(unit).toBe(-1);
  });

  it('replaces a branch by the one bucket that is left of it', () => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, [...Array(16).fill(1), 2]));
    expect(kindAt(writer, unit)).toBe(Kind.BRANCH);
    const shorter = without(writer, unit, 2, 16);
    expect(kindAt(writer, shorter)).toBe(Kind.BUCKET);
    expect(contentOf(writer, shorter).values).toEqual(expected(16));
  });

  it('clears the bit of a child that is gone where others remain', () => {
    const writer = newWriter();
    const unit = buildTrie(writer, entriesOf(writer, [...Array(9).fill(1), ...Array(9).fill(2), 3]));
    const changed = without(writer, unit, 3, 18);
    expect(writer.segment.i32[changed * 2 + 2]).toBe(2 ** 1 + 2 ** 2);
    expect(contentOf(writer, changed).values).toEqual(expected(18));
  });
});
