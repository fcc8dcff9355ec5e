/** What is checked is what is used: a hostile owner may write between two loads of one word. */
import { describe, expect, it } from 'vitest';
import { JsonMmapError } from '../../../../src/errors.js';
import { diff, equalRefs } from '../../../../src/format/compare/diff.js';
import { hiOf, Tag } from '../../../../src/format/layout.js';
import { orderedEntries } from '../../../../src/format/read/entries.js';
import { keysAt } from '../../../../src/format/read/lookup.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { Reader } from '../../../../src/format/read/reader.js';
import { viewOf } from '../../../../src/format/read/view.js';
import type { Segment } from '../../../../src/format/segment.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { bytesOf } from '../../../../src/format/write/measure.js';
import { written } from '../../written.js';

/** A word says the truth when it is loaded first, and this each time after. */
function changing(segment: Segment, isAimed: (word: number) => boolean, lie: number): Segment {
  const met = new Set<number>();
  const i32 = new Proxy(segment.i32, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value === 'function') return value.bind(target);
      const word = Number(key);
      if (!isAimed(word)) return value;
      if (met.has(word)) return lie;
      met.add(word);
      return value;
    },
  });
  return { ...segment, limit: segment.limit, i32 };
}

const entries = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key ${i}`, { i, text: `text of ${i}` }]));
const rows = Array.from({ length: 5000 }, (_, i) => [i, i / 8]);

it('the next ordinal of a large object is read once', () => {
  const { segment, lo } = written(entries);
  const lying = changing(segment, (word) => word === lo * 2 + 3, -1);
  expect(orderedEntries(new Reader(lying), lo).keys).toEqual(Object.keys(entries));
  const checked = changing(segment, (word) => word === lo * 2 + 3, -1);
  expect(verify(checked, lo, hiOf(Tag.LARGE_OBJECT)).problems).toEqual([]);
});

describe.each([
  ['objects', entries],
  ['arrays', rows],
  ['long strings', ['x'.repeat(70_000), 'λ'.repeat(70_000), { ['k'.repeat(100)]: 'y'.repeat(500) }]],
])('of %s, where any word changes after its first load', (_, document) => {
  it.each([0, -1, 0x7fffffff, 0x40000000, 0xfff3ffff | 0, 0x7ff00000, 4095 << 20])('to %i', (lie) => {
    const { segment, lo, hi } = written(document);
    const lying = (): Reader => new Reader(changing(segment, () => true, lie));
    const reads: ((reader: Reader) => unknown)[] = [
      (reader) => materialize(reader, lo, hi),
      (reader) => JSON.stringify(viewOf(reader, lo, hi)),
      (reader) => Object.keys(viewOf(reader, lo, hi) as object),
      (reader) => keysAt(reader, { lo, hi }, []),
      (reader) => bytesOf(reader, lo, hi),
      (reader) => verify(reader.segment, lo, hi).problems.length,
      (reader) => diff({ reader: new Reader(segment), lo, hi }, { reader, lo, hi }).length,
      (reader) => equalRefs({ reader, lo, hi }, { reader: lying(), lo, hi }),
    ];
    for (const read of reads) expectValueOrCode(() => read(lying()));
  });
});

function expectValueOrCode(read: () => unknown): void {
  try {
    expect(JSON.stringify(read())).not.toContain('undefined');
  } catch (error) {
    expect(error).toBeInstanceOf(JsonMmapError);
    expect(['ERR_REGION_CORRUPT', 'ERR_TOO_LARGE']).toContain((error as JsonMmapError).code);
  }
}
