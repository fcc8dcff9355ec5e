/** Comparing and copying bytes that no master wrote costs no more than the bytes could hold, however many parts they have. */
import { describe, expect, it } from 'vitest';
import { diff, equalRefs } from '../../../../src/format/compare/diff.js';
import { refresh } from '../../../../src/format/compare/refresh.js';
import type { ValueRef } from '../../../../src/format/compare/value-ref.js';
import { Reader } from '../../../../src/format/read/reader.js';
import { Copier } from '../../../../src/format/write/copy.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { MemorySegment } from '../../memory-segment.js';
import { arrayAt, Forge, inline, integer, largeArrayAt, largeObjectAt, latin1, type Slot } from '../forge.js';

const corrupt = (reason: string) => expect.objectContaining({ code: 'ERR_REGION_CORRUPT', reason });
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));

/** The roots of two versions in one segment. */
function refs({ segment }: Forge, [fromLo, fromHi]: Slot, [toLo, toHi]: Slot): [from: ValueRef, to: ValueRef] {
  const reader = new Reader(segment);
  return [
    { reader, lo: fromLo, hi: fromHi },
    { reader, lo: toLo, hi: toHi },
  ];
}

/** What each comparison throws; `value` is what stood at `from`. */
function expectRefused(forge: Forge, from: Slot, value: unknown, to: Slot, reason = 'subtrees are shared'): void {
  const [before, after] = refs(forge, from, to);
  expect(() => refresh(before, value, after)).toThrow(corrupt(reason));
  expect(() => diff(before, after)).toThrow(corrupt(reason));
}

describe('two versions', () => {
  it('of which one names a subtree in each of its changed parts', () => {
    const forge = new Forge(1 << 19);
    const wide = arrayAt(forge.array(listOf(4000, integer)));
    const from = arrayAt(forge.array(listOf(4000, integer)));
    const to = arrayAt(forge.array(listOf(4000, () => wide)));
    expectRefused(
      forge,
      from,
      listOf(4000, (i) => i),
      to,
    );
  });

  it('that both double with every level', () => {
    const forge = new Forge();
    const doubled = (last: number): Slot => {
      let slot = arrayAt(forge.array([integer(last)]));
      for (let level = 0; level < 60; level++) slot = arrayAt(forge.array([slot, slot]));
      return slot;
    };
    let value: unknown = [1];
    for (let level = 0; level < 60; level++) value = [value, value];
    const [from, to] = [doubled(1), doubled(2)];
    expectRefused(forge, from, value, to);
  });

  it('that are equal on all levels, which nobody would see without looking at each', () => {
    const forge = new Forge();
    const doubled = (): Slot => {
      let slot = arrayAt(forge.array([integer(1)]));
      for (let level = 0; level < 60; level++) slot = arrayAt(forge.array([slot, slot]));
      return slot;
    };
    const [from, to] = refs(forge, doubled(), doubled());
    expect(() => equalRefs(from, to)).toThrow(corrupt('subtrees are shared'));
  });

  it('of large objects whose branches lead to the same nodes', () => {
    const forge = new Forge(1 << 19);
    const spread = (value: number): Slot => {
      const entry = { hash: forge.hash('a'), ordinal: 0, key: inline('a'), value: integer(value) };
      let node = forge.bucket([entry]);
      for (let level = 0; level < 7; level++) node = forge.branch(-1, Array(32).fill(node));
      forge.bytes(40 * 24);
      return largeObjectAt(forge.root(node, 40));
    };
    const [from, to] = [spread(1), spread(2)];
    expectRefused(forge, from, {}, to);
  });

  it('of large arrays whose indexes go on and on', () => {
    const forge = new Forge(1 << 19);
    const chain = (value: number): Slot => {
      let unit = forge.array([integer(value)]);
      for (let level = 0; level < 5000; level++) unit = forge.index([[unit, 1]]);
      return largeArrayAt(unit);
    };
    const [from, to] = [chain(1), chain(2)];
    expectRefused(forge, from, [1], to, 'the index of a large array is too deep');
  });

  it('of which one names a long string in many changed parts have it once', () => {
    const forge = new Forge(1 << 20);
    const text = latin1(forge.bytes(65_535), 65_535);
    const from = arrayAt(forge.array(listOf(4000, integer)));
    const to = arrayAt(forge.array(listOf(4000, () => text)));
    const [before, after] = refs(forge, from, to);
    const operations = diff(before, after) as { value: string }[];
    expect(operations.every(({ value }) => value.length === 65_535)).toBe(true);
  });
});

describe('a copy', () => {
  it('of subtrees that are twenty times as large on every level is refused', () => {
    const forge = new Forge();
    let slot = integer(1);
    for (let level = 0; level < 60; level++) slot = arrayAt(forge.array(Array<Slot>(20).fill(slot)));
    const copier = new Copier(new Reader(forge.segment), new Writer(new MemorySegment()));
    expect(() => copier.copy(...slot)).toThrow(corrupt('subtrees are shared'));
  });

  it('that is counted as it leaves the document is refused too', () => {
    const forge = new Forge(1 << 20);
    const leaves = listOf(5000, (i) => arrayAt(forge.array([integer(i)])));
    const wide = arrayAt(forge.array(leaves.slice(0, 4000)));
    const others = arrayAt(forge.array(leaves.slice(1000)));
    const root = arrayAt(forge.array(listOf(4000, (i) => (i % 2 === 0 ? wide : others))));
    expect(() => forge.writer.drop(...root)).toThrow(corrupt('subtrees are shared'));
  });
});
