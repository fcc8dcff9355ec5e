/** What bytes from outside cost is in proportion to the bytes: loads are counted, not time. */
import { describe, expect, it, vi } from 'vitest';
import { jsonPieces } from '../../../../src/follower/json-stream.js';
import type { Snapshot } from '../../../../src/follower/snapshot.js';
import { diff, equalRefs } from '../../../../src/format/compare/diff.js';
import { refresh } from '../../../../src/format/compare/refresh.js';
import type { ValueRef } from '../../../../src/format/compare/value-ref.js';
import { ELEMENTS_MAX } from '../../../../src/format/engine-limits.js';
import { headerOf, hiOf, Kind, STRING_MAX_LENGTH, Tag } from '../../../../src/format/layout.js';
import { keysAt } from '../../../../src/format/read/lookup.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { Reader } from '../../../../src/format/read/reader.js';
import { viewOf } from '../../../../src/format/read/view.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { Copier } from '../../../../src/format/write/copy.js';
import { bytesOf } from '../../../../src/format/write/measure.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { MemorySegment } from '../../memory-segment.js';
import { counted, Work } from '../counted.js';
import { arrayAt, Forge, inline, integer, largeArrayAt, largeObjectAt, latin1, objectAt, type Slot } from '../forge.js';

const corrupt = (reason: string) => expect.objectContaining({ code: 'ERR_REGION_CORRUPT', reason });
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));

/** Loads for each unit of the segment that a traversal may take. */
const LOADS_PER_UNIT = 30;
/** The same for comparing shared leaves, which are looked at wherever they stand: 17 slots for a unit, twice, and some loads for each. */
const LEAF_LOADS_PER_UNIT = 300;

function readerOf({ segment }: Forge, work: Work): Reader {
  return new Reader(counted(segment, work));
}

/** Runs `read` and fails where it takes more loads than the segment justifies; a refusal is as good as a result. */
function withinBounds(forge: Forge, read: (reader: Reader) => unknown, perUnit = LOADS_PER_UNIT): void {
  const work = new Work((forge.segment.limit / 8) * perUnit);
  try {
    read(readerOf(forge, work));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_REGION_CORRUPT') throw error;
  }
}

const refs = (reader: Reader, [fromLo, fromHi]: Slot, [toLo, toHi]: Slot): [ValueRef, ValueRef] => [
  { reader, lo: fromLo, hi: fromHi },
  { reader, lo: toLo, hi: toHi },
];

function snapshotOf(reader: Reader, [lo, hi]: Slot): Snapshot {
  return { valueRef: () => ({ reader, lo, hi }) } as unknown as Snapshot;
}

/** Every traversal of two versions. */
function expectBounded(forge: Forge, from: Slot, to: Slot, comparing = LOADS_PER_UNIT): void {
  withinBounds(forge, (reader) => materialize(reader, ...to));
  withinBounds(forge, (reader) => JSON.stringify(viewOf(reader, ...to)));
  withinBounds(forge, (reader) => diff(...refs(reader, from, to)), comparing);
  withinBounds(forge, (reader) => diff(...refs(reader, to, from)), comparing);
  withinBounds(forge, (reader) => equalRefs(...refs(reader, from, to)), comparing);
  withinBounds(forge, (reader) => [...jsonPieces(snapshotOf(reader, to), [], 0)].length);
  withinBounds(forge, (reader) => bytesOf(reader, ...to));
  withinBounds(forge, (reader) => new Copier(reader, new Writer(new MemorySegment({ number: 2 }))).copy(...to));
  withinBounds(forge, ({ segment }) => verify(segment, ...to));
  withinBounds(forge, (reader) => {
    const [before, after] = refs(reader, from, to);
    return refresh(before, materialize(reader, ...from), after);
  });
}

describe('subtrees that several slots name', () => {
  it('are refused where they are no leaves, as soon as there are more of them than bytes', () => {
    const forge = new Forge(1 << 18);
    const parent = (n: number): Slot => {
      const leaf = arrayAt(forge.array(listOf(16, (i) => integer(i + n))));
      return arrayAt(forge.array(listOf(64, () => leaf)));
    };
    const [a, b] = [parent(1), parent(2)];
    const from = arrayAt(forge.array(listOf(1000, () => a)));
    const to = arrayAt(forge.array(listOf(1000, () => b)));
    expectBounded(forge, from, to, LEAF_LOADS_PER_UNIT);
    const reader = new Reader(forge.segment);
    expect(() => materialize(reader, ...to)).toThrow(corrupt('subtrees are shared'));
    expect(() => JSON.stringify(viewOf(reader, ...to))).toThrow(corrupt('subtrees are shared'));
    expect(() => diff(...refs(reader, from, to))).toThrow(corrupt('subtrees are shared'));
  });

  it('cost their bytes where they are leaves, of which a reader makes one object each', () => {
    const forge = new Forge(1 << 20);
    // More of them than the table of recent leaves holds, each named by many slots, in an order that always finds the other one there.
    const leaves = listOf(1000, (n) => arrayAt(forge.array(listOf(16, (i) => integer(i + n)))));
    const to = arrayAt(
      forge.array(listOf(8, (row) => arrayAt(forge.array(listOf(4000, (i) => leaves[(i * 7 + row) % 1000]))))),
    );
    const rows = materialize(new Reader(forge.segment), ...to) as number[][][];
    expect(new Set(rows.flat()).size).toBeLessThanOrEqual(2000);
    expect(rows[3][5]).toEqual(listOf(16, (i) => i + ((5 * 7 + 3) % 1000)));
    const seen = viewOf(new Reader(forge.segment), ...to) as number[][][];
    expect(JSON.stringify(seen)).toBe(JSON.stringify(rows));
  });

  it('are counted in deep values too, leaf by leaf', () => {
    const forge = new Forge(1 << 16);
    const leaf = arrayAt(forge.array([integer(7)]));
    let slot = arrayAt(forge.array([leaf, leaf]));
    for (let level = 0; level < 400; level++) slot = arrayAt(forge.array([leaf, slot, leaf]));
    const text = JSON.stringify(materialize(new Reader(forge.segment), ...slot));
    expect(text).toBe(`${'[[7],'.repeat(400)}[[7],[7]]${',[7]]'.repeat(400)}`);
  });
});

it('arrays whose indexes name one leaf from everywhere have no view, however deep they lie in each other', () => {
  const forge = new Forge(1 << 18);
  let slot = integer(1);
  for (let level = 0; level < 6; level++) {
    const inner = slot;
    forge.bytes(8 ** 5); // room for as many elements
    let [unit, size] = [forge.array(listOf(8, () => inner)), 8];
    for (let height = 0; height < 3; height++) {
      const [child, each] = [unit, size];
      unit = forge.index(listOf(8, (i) => [child, (i + 1) * each]));
      size *= 8;
    }
    slot = largeArrayAt(unit);
  }
  expectBounded(forge, slot, slot);
  expect(() => JSON.stringify(viewOf(new Reader(forge.segment), ...slot))).toThrow(
    corrupt('a leaf of a large array is shared'),
  );
});

describe('large objects', () => {
  /** Roots that name one trie, whose ordinals run as far ahead as they may. */
  function sharedTrie(forge: Forge, value: number): Slot {
    const entries = listOf(32, (i) => ({
      hash: forge.hash(`k${i}`),
      ordinal: i * 35,
      key: latin1(forge.bytes(8, 97 + (i % 26)), 7),
      value: integer(value),
    }));
    const bucket = forge.bucket(entries);
    return arrayAt(forge.array(listOf(500, () => largeObjectAt(forge.root(bucket, 32, 1151)))));
  }

  it('cost what their entries take, however far their ordinals run ahead', () => {
    const forge = new Forge(1 << 18);
    const [from, to] = [sharedTrie(forge, 1), sharedTrie(forge, 2)];
    expectBounded(forge, from, to);
    let words = 0;
    const Original = Int32Array;
    class Counted extends Original {
      constructor(length: number) {
        super(length);
        words += this.length;
      }
    }
    vi.stubGlobal('Int32Array', Counted);
    try {
      expect(() => materialize(new Reader(forge.segment), ...to)).toThrow(corrupt('subtrees are shared'));
    } finally {
      vi.unstubAllGlobals();
    }
    expect(words).toBeLessThan(forge.segment.limit); // not 2 × 1,151 for each root that is looked at
  });

  it('that say they have as many entries as fit before them cost the check what they have', () => {
    const forge = new Forge(1 << 17);
    forge.bytes(60_000);
    const bucket = forge.bucket(listOf(32, (i) => ({ hash: i, ordinal: i, key: inline('a'), value: integer(i) })));
    const roots = listOf(500, () => largeObjectAt(forge.root(bucket, 2400, 10_000)));
    const root = arrayAt(forge.array(roots));
    let sizeBytes = 0;
    const Original = Uint8Array;
    class Counted extends Original {
      constructor(length: number) {
        super(length);
        sizeBytes += this.length;
      }
    }
    vi.stubGlobal('Uint8Array', Counted);
    try {
      expect(verify(forge.segment, ...root).problems).not.toEqual([]);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(sizeBytes).toBeLessThan(forge.segment.limit); // not 10,000 for each root
  });

  it('keep their order where ordinals are far apart', () => {
    const forge = new Forge();
    const keys = listOf(40, (i) => `key ${String.fromCharCode(97 + ((i * 7) % 26))}${i}`);
    const entries = keys.map((key, i) => ({
      hash: forge.hash(key),
      ordinal: (39 - i) * 25,
      key: text(forge, key),
      value: integer(i),
    }));
    const root = largeObjectAt(forge.root(forge.bucket(entries), 40, 1100));
    expect(Object.keys(materialize(new Reader(forge.segment), ...root) as object)).toEqual([...keys].reverse());
  });
});

function text({ segment, writer }: Forge, value: string): Slot {
  const start = writer.allocate(Math.ceil(value.length / 8) * 8) * 4;
  segment.bytes.write(value, start, 'latin1');
  return latin1(start, value.length);
}

it('a document of 20,000 levels is exported in a few passes over it, and not in one for each thousand', () => {
  const forge = new Forge(1 << 20);
  let slot = arrayAt(forge.array([integer(1)]));
  for (let level = 1; level < 20_000; level++) slot = arrayAt(forge.array([slot]));
  const work = new Work((forge.segment.limit / 8) * LOADS_PER_UNIT);
  const pieces = [...jsonPieces(snapshotOf(readerOf(forge, work), slot), [], 0)];
  expect(pieces.map((piece) => piece.text).join('')).toBe(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
});

describe('long strings', () => {
  it('are compared once, however many slots name them', () => {
    const forge = new Forge(1 << 19);
    const [a, b] = [latin1(forge.bytes(60_000), 60_000), latin1(forge.bytes(60_000), 60_000)];
    const from = arrayAt(forge.array(listOf(1000, () => a)));
    const to = arrayAt(forge.array(listOf(1000, () => b)));
    expectBounded(forge, from, to);
    const reader = new Reader(forge.segment);
    expect(diff(...refs(reader, from, to))).toEqual([]);
    expect(equalRefs(...refs(reader, from, to))).toBe(true);
  });

  it('are told apart by more than their length', () => {
    const forge = new Forge(1 << 19);
    const [a, b] = [latin1(forge.bytes(60_000), 60_000), latin1(forge.bytes(60_000), 60_000)];
    forge.segment.bytes[b[0] + 59_999] = 98;
    const from = arrayAt(forge.array(listOf(1000, () => a)));
    const to = arrayAt(forge.array(listOf(1000, () => b)));
    expect(diff(...refs(new Reader(forge.segment), from, to))).toHaveLength(1000);
  });

  it('are compared once as keys too', () => {
    const forge = new Forge(1 << 20);
    const shapes = (n: number): number[] => {
      const keys = listOf(8, (i) => latin1(forge.bytes(20_000 + i * 8), 20_000 + i));
      return listOf(n, () => forge.shape(keys));
    };
    const list = (units: number[], value: number): Slot =>
      arrayAt(
        forge.array(
          units.map((shape) =>
            objectAt(
              forge.object(
                shape,
                listOf(8, () => integer(value)),
              ),
            ),
          ),
        ),
      );
    const [from, to] = [list(shapes(150), 1), list(shapes(150), 2)];
    expectBounded(forge, from, to);
    const patch = diff(...refs(new Reader(forge.segment), from, to));
    expect(patch.every(({ op }) => op === 'replace')).toBe(true);
  });

  it('cost the check once, where two nodes of one node id name them', () => {
    const forge = new Forge(1 << 19);
    const [a, b] = [latin1(forge.bytes(60_000), 60_000), latin1(forge.bytes(60_000), 60_000)];
    const units = listOf(500, (i) => forge.array(listOf(64, () => (i === 0 ? a : b))));
    for (const unit of units) {
      forge.segment.i32[unit * 2] = units[0];
      forge.segment.i32[unit * 2 + 1] = headerOf(Kind.ARRAY, 64, 0);
    }
    const root = largeArrayAt(
      forge.index(
        listOf(8, (i) => [forge.array(units.slice(i * 64, i * 64 + 64).map(arrayAt)), Math.min(500, i * 64 + 64)]),
      ),
    );
    withinBounds(forge, ({ segment }) => expect(verify(segment, ...root).problems).toEqual([]));
  });
});

describe('what no engine holds is refused with a code', () => {
  const longText = (length: number): [MemorySegment, Slot] => {
    const segment = new MemorySegment({ capacity: 2 ** 29 + 4096 });
    segment.head = 2 ** 29 + 2048;
    segment.i32[16] = length;
    segment.i32[17] = headerOf(Kind.LONG_STRING, 1, 0);
    return [segment, [8, hiOf(Tag.LONG_STRING)]];
  };

  it('a string beyond the longest', () => {
    const [segment, root] = longText(STRING_MAX_LENGTH + 1);
    const reason = 'a string is longer than any string can be';
    expect(() => materialize(new Reader(segment), ...root)).toThrow(corrupt(reason));
    expect(() => viewOf(new Reader(segment), ...root)).toThrow(corrupt(reason));
    expect(verify(segment, ...root).problems).toEqual([expect.stringContaining(reason)]);
  });

  it('an array beyond the longest, and one that repeats a leaf to be as long', () => {
    const elements = ELEMENTS_MAX + 64;
    const segment = new MemorySegment({ capacity: elements * 8 + 2 ** 23 });
    const leaf = 8;
    segment.i32[leaf * 2 + 1] = headerOf(Kind.ARRAY, 4000, 0);
    let unit = elements + 700_000;
    const index = (children: readonly (readonly [number, number])[]): number => {
      const at = unit;
      segment.i32[at * 2 + 1] = headerOf(Kind.ARRAY_INDEX, children.length, 0);
      segment.i32.set(children.flat(), at * 2 + 2);
      unit += 1 + children.length;
      return at;
    };
    const small = index(listOf(160, (i) => [leaf, (i + 1) * 4000] as const));
    const whole = index(listOf(Math.ceil(elements / 640_000), (i) => [small, (i + 1) * 640_000] as const));
    segment.head = unit * 8;
    const reader = new Reader(segment);
    const isTooLarge = expect.objectContaining({ code: 'ERR_TOO_LARGE' });
    expect(() => materialize(reader, ...largeArrayAt(whole))).toThrow(isTooLarge);
    expect(() => keysAt(reader, { lo: whole, hi: hiOf(Tag.LARGE_ARRAY) }, [])).toThrow(isTooLarge);
    expect(() => Object.keys(viewOf(reader, ...largeArrayAt(whole)) as object)).toThrow(isTooLarge);
    const shared = corrupt('a leaf of a large array is shared');
    expect(() => materialize(reader, ...largeArrayAt(small))).toThrow(shared);
    expect(() => keysAt(reader, { lo: small, hi: hiOf(Tag.LARGE_ARRAY) }, [])).toThrow(shared);
    expect(() => JSON.stringify(viewOf(reader, ...largeArrayAt(small)))).toThrow(shared);
    expect(verify(segment, ...largeArrayAt(small)).problems).not.toEqual([]);
  });
});
