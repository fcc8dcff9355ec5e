import { describe, expect, it } from 'vitest';
import { materialize } from '../../../../src/format/read/materialize.js';
import { Reader } from '../../../../src/format/read/reader.js';
import { viewOf } from '../../../../src/format/read/view.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { arrayAt, Forge, inline, integer, largeArrayAt, largeObjectAt, latin1, objectAt, type Slot } from '../forge.js';

const corrupt = (reason: string) => expect.objectContaining({ code: 'ERR_REGION_CORRUPT', reason });
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));

function value({ segment }: Forge, [lo, hi]: Slot): unknown {
  return materialize(new Reader(segment), lo, hi);
}

function view({ segment }: Forge, [lo, hi]: Slot): unknown {
  return viewOf(new Reader(segment), lo, hi);
}

/** What each way of reading everything throws. */
function expectRefused(forge: Forge, root: Slot, reason: string): void {
  expect(() => value(forge, root)).toThrow(corrupt(reason));
  expect(() => JSON.stringify(view(forge, root))).toThrow(corrupt(reason));
  expect(verify(forge.segment, ...root).problems).not.toEqual([]);
}

describe('subtrees that many slots name', () => {
  it('that double with every level are refused before they unfold', () => {
    const forge = new Forge();
    let slot = arrayAt(forge.array([integer(1)]));
    for (let level = 0; level < 60; level++) slot = arrayAt(forge.array([slot, slot]));
    expectRefused(forge, slot, 'subtrees are shared');
  });

  it('that are wide are refused before they unfold', () => {
    const forge = new Forge(1 << 19);
    const wide = arrayAt(forge.array(listOf(4000, integer)));
    expectRefused(forge, arrayAt(forge.array(listOf(4000, () => wide))), 'subtrees are shared');
  });

  it('that are large are refused before they unfold', () => {
    const forge = new Forge(1 << 19);
    const leaf = forge.array(listOf(4000, integer));
    const large = largeArrayAt(forge.index([[leaf, 4000]]));
    expectRefused(forge, arrayAt(forge.array(listOf(4000, () => large))), 'subtrees are shared');
  });

  it('are no cycle, which nothing can make', () => {
    const forge = new Forge();
    const unit = forge.array([integer(1)]);
    forge.segment.i32.set(arrayAt(unit), unit * 2 + 2);
    expectRefused(forge, arrayAt(unit), 'an offset leads outside the committed bytes');
  });
});

describe('strings that many slots name', () => {
  it('cost once where they are the same', () => {
    const forge = new Forge(1 << 20);
    const text = latin1(forge.bytes(65_535), 65_535);
    const root = arrayAt(forge.array(listOf(4000, () => arrayAt(forge.array([text])))));
    const lists = value(forge, root) as string[][];
    expect(lists.flat().every((item) => item.length === 65_535)).toBe(true);
    const seen = view(forge, root) as string[][];
    expect(seen.map(([item]) => item.length)).toEqual(Array(4000).fill(65_535));
  });

  it('are refused where they overlap', () => {
    const forge = new Forge(1 << 20);
    const start = forge.bytes(70_000);
    const lists = listOf(4000, (i) => arrayAt(forge.array([latin1(start + i, 65_535)])));
    expectRefused(forge, arrayAt(forge.array(lists)), 'strings overlap');
  });

  it('are refused where they overlap as keys of shapes', () => {
    const forge = new Forge(1 << 20);
    const start = forge.bytes(70_000);
    const objects = listOf(1000, (i) => {
      const shape = forge.shape(listOf(4, (j) => latin1(start + i * 4 + j, 65_535 - j)));
      return objectAt(forge.object(shape, listOf(4, integer)));
    });
    expectRefused(forge, arrayAt(forge.array(objects)), 'strings overlap');
  });

  it('are refused where they overlap as keys of a large object', () => {
    const forge = new Forge(1 << 20);
    const start = forge.bytes(70_000);
    const entries = listOf(2000, (i) => ({ hash: 0, ordinal: i, key: latin1(start + i, 65_535), value: integer(i) }));
    const root = largeObjectAt(forge.root(forge.bucket(entries), 2000));
    expect(() => value(forge, root)).toThrow(corrupt('strings overlap'));
    expect(() => JSON.stringify(view(forge, root))).toThrow(corrupt('strings overlap'));
    expect(verify(forge.segment, ...root).problems.join()).toContain('strings overlap');
  });
});

describe('indexes that lead nowhere', () => {
  it('are refused where empty buckets are shared on every level', () => {
    const forge = new Forge();
    let trie = forge.bucket([]);
    for (let level = 0; level < 7; level++) trie = forge.branch(-1, Array(32).fill(trie));
    forge.bytes(2000); // room for as many entries as the root says
    expectRefused(forge, largeObjectAt(forge.root(trie, 32)), 'a node of a large object is empty');
  });

  it('are refused where empty leaves are shared on every level', () => {
    const forge = new Forge(1 << 22);
    let array = forge.array([]);
    for (let level = 0; level < 9; level++) array = forge.index(listOf(4000, () => [array, 0]));
    const full = forge.array([integer(1)]);
    const root = largeArrayAt(
      forge.index([
        [array, 0],
        [full, 1],
      ]),
    );
    expect(() => value(forge, root)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
    expect(verify(forge.segment, ...root).problems).not.toEqual([]);
  });

  it('are refused where they count more than there is', () => {
    const forge = new Forge();
    const leaf = forge.array([integer(1)]);
    expectRefused(
      forge,
      largeArrayAt(forge.index([[leaf, 2 ** 31 - 1]])),
      'a large array counts more elements than there is room for',
    );
    expectRefused(forge, largeObjectAt(forge.root(leaf, 2 ** 31 - 1)), 'a large object counts its entries wrongly');
  });

  it('are refused where the object is not large, which would cost time and no bytes', () => {
    const forge = new Forge();
    const bucket = forge.bucket([{ hash: forge.hash('a'), ordinal: 0, key: inline('a'), value: integer(1) }]);
    expectRefused(forge, largeObjectAt(forge.root(bucket, 1, 1028)), 'a large object counts its entries wrongly');
  });
});

describe('slots that lead to something else', () => {
  it.each([[objectAt(0)], [arrayAt(0)], [largeArrayAt(0)], [largeObjectAt(0)]])(
    'are no value where that is the header: %j',
    (slot) => {
      const forge = new Forge();
      expectRefused(
        forge,
        arrayAt(forge.array(listOf(100, () => slot))),
        'an offset leads outside the committed bytes',
      );
    },
  );

  it('are found by verify where a large container would be a leaf that was met before', () => {
    const forge = new Forge();
    const leaf = forge.array([integer(1)]);
    const root = arrayAt(forge.array([arrayAt(leaf), largeObjectAt(leaf)]));
    expect(verify(forge.segment, ...root).problems.join()).toContain('several slots');
    expect(() => value(forge, root)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
  });
});

it('a large object that repeats a key has no view, and does not make one that the language would refuse', () => {
  const forge = new Forge();
  const hash = forge.hash('a');
  const entries = listOf(40, (i) => ({ hash, ordinal: i, key: inline('a'), value: integer(i) }));
  const root = largeObjectAt(forge.root(forge.bucket(entries), 40));
  expect(() => Object.keys(view(forge, root) as object)).toThrow(corrupt('a large object repeats a key'));
  expect(verify(forge.segment, ...root).problems.join()).toContain('appears twice');
});
