import { describe, expect, it } from 'vitest';
import { diff } from '../../../../src/format/compare/diff.js';
import { refresh } from '../../../../src/format/compare/refresh.js';
import { hiOf, Kind, kindOf, Tag } from '../../../../src/format/layout.js';
import type { Slot } from '../../../../src/format/read/lookup.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { viewOf } from '../../../../src/format/read/view.js';
import { Copier } from '../../../../src/format/write/copy.js';
import { deleteEntry, setEntry } from '../../../../src/format/write/object-edit.js';
import { writeObject } from '../../../../src/format/write/object-write.js';
import { reconcile } from '../../../../src/format/write/reconcile.js';
import type { Writer } from '../../../../src/format/write/writer.js';
import { appendedBy, encoded, keyed, newWriter, numbers, readBack, resultOf, slotsOf } from './kit.js';

const LARGE = hiOf(Tag.LARGE_OBJECT);

/** Writes two objects of `count` keys; returns the slot of the second, which is wide. */
function wide(writer: Writer, count: number): Slot {
  encoded(writer, keyed(count));
  return encoded(writer, keyed(count));
}

function kindAt(writer: Writer, { lo }: Slot): number {
  return kindOf(writer.segment.i32[lo * 2 + 1]);
}

function listOf(writer: Writer, { lo }: Slot): number {
  return writer.reader.wideOf(lo).shape.unit;
}

function set(writer: Writer, { lo, hi }: Slot, key: string, value: unknown): Slot {
  const slot = encoded(writer, value);
  setEntry(writer, lo, hi, key, slot.lo, slot.hi);
  return resultOf(writer);
}

describe('an object of more than 64 keys', () => {
  it.each([65, 128, 129, 1000, 1024])('of %i keys shares its key list from the second one on', (count) => {
    const writer = newWriter();
    const objects = numbers(4).map(() => encoded(writer, keyed(count)));
    expect(objects.map((slot) => kindAt(writer, slot))).toEqual([
      Kind.OBJECT_ROOT,
      Kind.WIDE_OBJECT,
      Kind.WIDE_OBJECT,
      Kind.WIDE_OBJECT,
    ]);
    expect(new Set(objects.slice(1).map((slot) => listOf(writer, slot))).size).toBe(1);
    for (const slot of objects) expect(readBack(writer, slot)).toEqual(keyed(count));
  });

  it('is a trie where it has keys of its own, or more than 1,024', () => {
    const writer = newWriter();
    const other = Object.fromEntries(numbers(100).map((i) => [`other ${i}`, i]));
    encoded(writer, keyed(100));
    expect(kindAt(writer, encoded(writer, other))).toBe(Kind.OBJECT_ROOT);
    encoded(writer, keyed(1025));
    expect(kindAt(writer, encoded(writer, keyed(1025)))).toBe(Kind.OBJECT_ROOT);
  });

  it('is a trie where its keys do not stand in the order of JSON', () => {
    const writer = newWriter();
    const keys = [...numbers(70).map((i) => `key ${i}`), '7'];
    const slots = slotsOf(writer, numbers(71));
    for (let i = 0; i < 3; i++) {
      writeObject(writer, keys, slots, 0);
      expect(kindAt(writer, resultOf(writer))).toBe(Kind.OBJECT_ROOT);
    }
    expect(Object.entries(readBack(writer) as object)[0]).toEqual(['7', 70]);
  });

  it('writes its list again after a rollback that took it away', () => {
    const writer = newWriter();
    const first = encoded(writer, keyed(80));
    const mark = writer.mark();
    encoded(writer, keyed(80));
    writer.rollback(mark);
    encoded(writer, 'x'.repeat(3000));
    expect(readBack(writer, encoded(writer, keyed(80)))).toEqual(keyed(80));
    expect(readBack(writer, first)).toEqual(keyed(80));
  });
});

describe('one key of a wide object', () => {
  const count = 1000;

  it.each<[string, number, (writer: Writer, slot: Slot) => void, (value: Record<string, unknown>) => void]>([
    ['replaced', 1024, (writer, slot) => set(writer, slot, 'key 500', -1), (value) => (value['key 500'] = -1)],
    ['added', 2048, (writer, slot) => set(writer, slot, 'new', -1), (value) => (value.new = -1)],
    ['added in front', 2048, (writer, slot) => set(writer, slot, '7', -1), (value) => (value['7'] = -1)],
    [
      'deleted',
      2048,
      (writer, { lo, hi }) => deleteEntry(writer, lo, hi, 'key 500'),
      (value) => Reflect.deleteProperty(value, 'key 500'),
    ],
  ])('%s takes at most %i bytes', (_, most, edit, change) => {
    const writer = newWriter();
    const slot = wide(writer, count);
    const expected: Record<string, unknown> = keyed(count);
    change(expected);
    expect(appendedBy(writer, () => edit(writer, slot))).toBeLessThanOrEqual(most);
    expect(kindAt(writer, resultOf(writer))).toBe(Kind.WIDE_OBJECT);
    expect(JSON.stringify(readBack(writer))).toBe(JSON.stringify(expected));
    expect(readBack(writer, slot)).toEqual(keyed(count));
  });

  it('added to one row after the other gives the rows one list again', () => {
    const writer = newWriter();
    const rows = numbers(3).map(() => wide(writer, 90));
    const changed = rows.map((row) => set(writer, row, 'new', 1));
    expect(new Set(changed.map((row) => listOf(writer, row))).size).toBe(1);
  });

  it('more than 1,024 makes it a trie, one fewer than 65 makes it small', () => {
    const writer = newWriter();
    const largest = set(writer, wide(writer, 1024), 'new', 1);
    expect(kindAt(writer, largest)).toBe(Kind.OBJECT_ROOT);
    expect(readBack(writer, largest)).toEqual({ ...keyed(1024), new: 1 });
    const { lo, hi } = wide(writer, 65);
    deleteEntry(writer, lo, hi, 'key 64');
    expect(writer.hi).toBe(hiOf(Tag.OBJECT));
    expect(readBack(writer)).toEqual(keyed(64));
  });

  it('is found, and what is not there is not', () => {
    const writer = newWriter();
    const { lo, hi } = wide(writer, 700);
    for (const i of [0, 63, 64, 699]) expect(writer.segment.i32[writer.reader.entry(lo, hi, `key ${i}`)]).toBe(i);
    expect(writer.reader.entry(lo, hi, 'none')).toBe(-1);
    expect(writer.reader.sizeOf(lo, hi)).toBe(700);
  });
});

describe('a wide object', () => {
  it('written over another keeps what is equal, and its list', () => {
    const writer = newWriter();
    const { lo, hi } = wide(writer, 1000);
    expect(appendedBy(writer, () => reconcile(writer, keyed(1000), lo, hi))).toBe(0);
    const few = { ...keyed(1000), 'key 3': 'three' };
    expect(appendedBy(writer, () => reconcile(writer, few, lo, hi))).toBeLessThan(1024);
    expect(listOf(writer, resultOf(writer))).toBe(listOf(writer, { lo, hi }));
    expect(readBack(writer)).toEqual(few);
    const all = Object.fromEntries(numbers(1000).map((i) => [`key ${i}`, 5000 + i]));
    expect(appendedBy(writer, () => reconcile(writer, all, lo, hi))).toBeLessThan(1000 * 9);
    expect(readBack(writer)).toEqual(all);
    const { 'key 0': _, ...fewer } = all;
    reconcile(writer, { ...fewer, added: [1] }, lo, hi);
    expect(JSON.stringify(readBack(writer))).toBe(JSON.stringify({ ...fewer, added: [1] }));
  });

  it('is compared by what changed', () => {
    const writer = newWriter();
    const before = wide(writer, 300);
    const value = materialize(writer.reader, before.lo, before.hi);
    const changed = set(writer, set(writer, before, 'key 7', 'seven'), 'key 200', ['x']);
    const refs = [before, changed].map((slot) => ({ reader: writer.reader, ...slot }));
    expect(diff(refs[0], refs[1])).toEqual([
      { op: 'replace', path: '/key 7', value: 'seven' },
      { op: 'replace', path: '/key 200', value: ['x'] },
    ]);
    expect(refresh(refs[0], value, refs[1])).toEqual({ ...keyed(300), 'key 7': 'seven', 'key 200': ['x'] });
    const trie = { reader: writer.reader, ...encoded(newWriterLike(writer), keyed(300)) };
    expect(diff(refs[0], trie)).toEqual([]);
  });

  it('is copied with its list, which stays shared', () => {
    const writer = newWriter();
    const rows = numbers(3).map(() => keyed(200));
    const { lo, hi } = encoded(writer, rows);
    const second = resultOf(writer);
    const target = newWriter({ number: 2, nodeIdBase: 2 ** 33 });
    new Copier(writer.reader, target).copy(lo, hi);
    expect(readBack(target)).toEqual(rows);
    const copied = resultOf(target);
    expect(diff({ reader: writer.reader, ...second }, { reader: target.reader, ...copied })).toEqual([]);
    const slotsOfRows = numbers(3).map((i) => target.segment.i32[target.reader.element(copied.lo, copied.hi, i)]);
    const [first, ...others] = slotsOfRows.map((unit) => target.segment.i32[unit * 2 + 2]);
    expect(first).not.toBe(others[0]);
    expect(new Set(others).size).toBe(1);
    // What is written there later shares it, too.
    expect(listOf(target, encoded(target, keyed(200)))).toBe(others[0]);
  });

  it('is seen by views', () => {
    const writer = newWriter();
    const { lo } = wide(writer, 200);
    const view = viewOf(writer.reader, lo, LARGE) as Record<string, number>;
    expect(Object.keys(view)).toEqual(Object.keys(keyed(200)));
    expect([view['key 0'], view['key 199'], view.none]).toEqual([0, 199, undefined]);
    expect(JSON.stringify(view)).toBe(JSON.stringify(keyed(200)));
  });
});

/** The same writer, which has forgotten the key lists that it met. */
function newWriterLike(writer: Writer): Writer {
  for (const i of numbers(300)) encoded(writer, Object.fromEntries(numbers(65).map((key) => [`${i} ${key}`, 0])));
  return writer;
}
