/** A value written over another reads as if it stood alone, and one that is equal writes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonValue } from '../../src/format/json-value.js';
import { materialize } from '../../src/format/read/materialize.js';
import { encode } from '../../src/format/write/encode.js';
import { reconcile } from '../../src/format/write/reconcile.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { expectReads } from './agreement.js';
import { key, nasty } from './nasty.js';

/** Writes `after` over `before`, then once more; checks both. */
function expectReconciled(before: unknown, after: unknown): void {
  const writer = new Writer(new MemorySegment());
  encode(writer, before);
  reconcile(writer, jsonValue(after, ''), writer.lo, writer.hi);
  expectReads(writer, plain(after));
  expectNothingWritten(writer, plain(after));
}

function expectNothingWritten(writer: Writer, same: unknown): void {
  const { lo, hi } = writer;
  const head = writer.mark();
  reconcile(writer, jsonValue(same, ''), lo, hi);
  expect([writer.lo, writer.hi, writer.mark()]).toEqual([lo, hi, head]);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function isStorable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

const storable = nasty.filter(isStorable);
const pairs = fc.array(fc.tuple(key, storable), { maxLength: 100 });
const numbered = (count: number): [string, unknown][] => Array.from({ length: count }, (_, i) => [`k${i}`, i]);

describe('a value over another', () => {
  it('whatever both are', () => {
    fc.assert(fc.property(storable, storable, expectReconciled));
  });

  it('objects that have some entries in common', () => {
    fc.assert(
      fc.property(pairs, pairs, fc.nat(120), fc.nat(120), (mine, others, from, count) => {
        const before = [...numbered(count), ...mine];
        expectReconciled(
          Object.fromEntries(before),
          Object.fromEntries(before.toSpliced(from, others.length, ...others)),
        );
      }),
    );
  });

  it('rows of one key list, of which one changes', () => {
    fc.assert(
      fc.property(pairs, fc.nat(120), fc.nat(3), fc.integer({ min: 60, max: 200 }), (others, from, cut, count) => {
        const row = numbered(count);
        const rows = [row, row, row.toSpliced(from, cut, ...others), row].map((entries) => Object.fromEntries(entries));
        expectReconciled([rows[0], rows[1], rows[3]], [rows[0], rows[2], rows[3]]);
        expectReconciled(rows, [rows[2], rows[0], rows[1], rows[2]]);
      }),
    );
  });

  it('arrays that have some elements in common', () => {
    fc.assert(
      fc.property(
        fc.array(storable),
        fc.array(storable),
        fc.nat(200),
        fc.nat(200),
        fc.nat(3),
        (mine, others, from, count, cut) => {
          const before = [...numbered(count), ...mine];
          expectReconciled(before, before.toSpliced(from, cut, ...others));
        },
      ),
    );
  });
});

describe.each([3, 100])('an object of %i entries', (count) => {
  const before = Object.fromEntries(numbered(count));

  it.each<[string, object]>([
    ['entries without a value', { ...before, k1: undefined, k2: () => 1 }],
    ['a last entry without a value', { ...before, [`k${count - 1}`]: Symbol('none') }],
    ['a prototype that has the rest', Object.assign(Object.create(before), { k0: 0 })],
    ['no prototype', Object.assign(Object.create(null), before)],
    ['accessors', Object.defineProperty({ ...before }, 'k1', { get: () => 'got', enumerable: true })],
    ['entries that are not enumerable', Object.defineProperty({ ...before }, 'k2', { value: 2, enumerable: false })],
    ['keys of its own about prototypes', JSON.parse('{"__proto__":{"k0":0},"constructor":1}')],
  ])('with %s written over it', (_, after) => {
    expectReconciled(before, after);
  });

  it('reads each property of what is written over it once', () => {
    const reads: string[] = [];
    const get = (target: object, name: PropertyKey): unknown => {
      reads.push(String(name));
      return Reflect.get(target, name);
    };
    const source: object = new Proxy({ ...before, k1: 'other', k2: undefined, added: 1 }, { get });
    const writer = new Writer(new MemorySegment());
    encode(writer, before);
    reconcile(writer, source, writer.lo, writer.hi);
    expect(reads).toEqual([...Object.keys(before), 'added']);
  });

  it('with a proxy written over it that lists other keys each time', () => {
    const writer = new Writer(new MemorySegment());
    encode(writer, before);
    reconcile(writer, fickle({ ...before, k1: 'other' }), writer.lo, writer.hi);
    expectReads(writer, materialize(writer.reader, writer.lo, writer.hi));
  });
});

it('an enumerable property of all objects is no entry of each', () => {
  Object.defineProperty(Object.prototype, 'everywhere', {
    value: 1,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  try {
    expectReconciled({ a: 1, everywhere: 1 }, { a: 1 });
  } finally {
    Reflect.deleteProperty(Object.prototype, 'everywhere');
  }
});

/** Lists its keys in their order the first time, backwards and without the first from then on. */
function fickle(object: object): object {
  let listed = 0;
  return new Proxy(object, {
    ownKeys: (target) => (listed++ === 0 ? Reflect.ownKeys(target) : Reflect.ownKeys(target).slice(1).reverse()),
  });
}
