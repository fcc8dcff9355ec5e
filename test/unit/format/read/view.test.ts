import assert from 'node:assert';
import { setImmediate } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../../src/format/read/view.js';
import { encode } from '../../../../src/format/write/encode.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { MemorySegment } from '../../memory-segment.js';

// biome-ignore lint/suspicious/noExplicitAny: a view has whatever form the document has
type Loose = any;

const PROTO = '__proto__';

function view(value: unknown): Loose {
  const writer = new Writer(new MemorySegment());
  encode(writer, value);
  writer.strings.finish();
  return viewOf(writer.reader, writer.lo, writer.hi);
}

const large = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`key ${i}`, i % 3 === 0 ? { i } : `value ${i}`]),
);
const long = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? [i] : i));
const document = {
  b: 1,
  a: { deep: [1, 'two', null, true, { x: 1.5 }], text: 'a text of more than six characters' },
  2: 'two',
  1: 'one',
  empty: {},
  none: [],
  large,
  long,
};

describe('a view', () => {
  it('gives scalars as values', () => {
    for (const value of [null, true, false, 0, 1.5, '', 'text', 'a longer text', '\ud800'])
      expect(view(value)).toBe(value);
  });

  it('reads like the document', () => {
    const v = view(document);
    expect(v.a.deep[1]).toBe('two');
    expect(v.a.deep[4].x).toBe(1.5);
    expect(v.large['key 299']).toBe('value 299');
    expect(v.large['key 3'].i).toBe(3);
    expect(v.long[9_999]).toEqual([9_999]);
    expect(v.missing).toBeUndefined();
    expect(v.long[10_000]).toBeUndefined();
    expect(v.long['01']).toBeUndefined();
    expect(v.a.deep[-1]).toBeUndefined();
    expect(v.b).toBe(1);
  });

  it('is structurally equal to the document, for every judge', () => {
    const plain = JSON.parse(JSON.stringify(document));
    expect(view(document)).toEqual(plain);
    expect(view(document)).toStrictEqual(plain);
    expect(plain).toStrictEqual(view(document));
    expect(isDeepStrictEqual(view(document), plain)).toBe(true);
    assert.deepStrictEqual(view(document), plain);
    expect(view(document)).not.toEqual({ ...plain, b: 2 });
    expect(view([1, 2])).not.toEqual([1, 2, 3]);
  });

  it('gives the text that the document gives', () => {
    expect(JSON.stringify(view(document))).toBe(JSON.stringify(document));
    expect(JSON.stringify(view(document), null, 2)).toBe(JSON.stringify(document, null, 2));
  });

  it('has the keys of the document, in their order', () => {
    const v = view(document);
    expect(Object.keys(v)).toEqual(Object.keys(document));
    expect(Object.getOwnPropertyNames(v.large)).toEqual(Object.keys(large));
    expect(Reflect.ownKeys(v.none)).toEqual(['length']);
    expect(Object.keys(v.long).slice(-1)).toEqual(['9999']);
    const met: string[] = [];
    for (const key in v.a) met.push(key);
    expect(met).toEqual(['deep', 'text']);
  });

  it('works with `in`, hasOwn and prototype methods', () => {
    const v = view(document);
    expect('a' in v && '1' in v && 'toString' in v && !('c' in v)).toBe(true);
    expect('key 7' in v.large && !('key 300' in v.large)).toBe(true);
    expect(0 in v.long && 9_999 in v.long && !(10_000 in v.long) && 'length' in v.long && 'map' in v.long).toBe(true);
    expect(Object.hasOwn(v, 'a') && !Object.hasOwn(v, 'toString') && Object.hasOwn(v, 'a')).toBe(true);
    expect(`${v}`).toBe('[object Object]');
    expect(v.constructor).toBe(Object);
    expect(v.long.constructor).toBe(Array);
    expect(v[Symbol.toStringTag]).toBeUndefined();
    expect(Symbol.iterator in v.long && !(Symbol.iterator in v)).toBe(true);
  });

  it('spreads, destructures and lists entries', () => {
    const v = view(document);
    expect({ ...v }).toEqual(JSON.parse(JSON.stringify(document)));
    const { a, ...rest } = v;
    expect(a).toBe(v.a);
    expect(Object.keys(rest)).toEqual(['1', '2', 'b', 'empty', 'none', 'large', 'long']);
    const [first, , third = 'default', ...others] = v.a.deep;
    expect([first, third, others.length]).toEqual([1, null, 2]);
    expect(Object.entries(v.large)).toEqual(Object.entries(large));
    expect(Object.values(v.a.deep[4])).toEqual([1.5]);
    expect(Object.fromEntries(Object.entries(v.a))).toEqual(document.a);
    expect(structuredClone({ ...v.a.deep[4] })).toEqual({ x: 1.5 });
  });

  it('is an array where the document has one', () => {
    const v = view({ small: [3, 1, 2], long });
    expect(Array.isArray(v.small) && Array.isArray(v.long) && !Array.isArray(v)).toBe(true);
    expect(v.long.length).toBe(10_000);
    expect(v.small.map((x: number) => x * 2)).toEqual([6, 2, 4]);
    expect(v.small.filter((x: number) => x > 1)).toEqual([3, 2]);
    expect(v.small.slice(1)).toEqual([1, 2]);
    expect(v.small.includes(2) && !v.small.includes(4)).toBe(true);
    expect(v.small.indexOf(1)).toBe(1);
    expect(v.small.at(-1)).toBe(2);
    expect(v.small.concat([4], v.small)).toEqual([3, 1, 2, 4, 3, 1, 2]);
    expect([0].concat(v.small)).toEqual([0, 3, 1, 2]);
    expect(v.small.join()).toBe('3,1,2');
    expect(v.small.toSorted()).toEqual([1, 2, 3]);
    expect(v.small.reduce((a: number, b: number) => a + b)).toBe(6);
    expect([...v.long]).toEqual(long);
    expect(Array.from(v.long.entries()).length).toBe(10_000);
    expect(v.long.findLast((x: unknown) => typeof x === 'number')).toBe(9_998);
    expect([...v.long.keys()].length).toBe(10_000);
    let sum = 0;
    for (const x of v.small) sum += x;
    expect(sum).toBe(6);
    expect(Object.getOwnPropertyDescriptor(v.long, 'length')).toMatchObject({ value: 10_000, enumerable: false });
  });

  it('keeps what it made: the same child is the same object', () => {
    const v = view(document);
    expect(v.a).toBe(v.a);
    expect(v.a.deep[4]).toBe(v.a.deep[4]);
    expect(v.large['key 3']).toBe(v.large['key 3']);
    expect(v.long[9_999]).toBe(v.long[9_999]);
    expect(Object.values(v)[2]).toBe(v.b);
    expect(Object.values(v.large)[297]).toBe(v.large['key 297']);
    expect(v.long.at(-1)).toBe(v.long[9_999]);
  });

  it('has `__proto__` and the like as keys where the document has them', () => {
    const v = view(JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":null,"hasOwnProperty":{}}'));
    expect(Object.keys(v)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    expect(v[PROTO].polluted).toBe(true);
    expect(v.constructor).toBe(1);
    expect(v.toString).toBeNull();
    expect(Object.getPrototypeOf(v)).toBe(Object.prototype);
    expect(v.polluted).toBeUndefined();
    expect(view({})[PROTO]).toBe(Object.prototype);
    expect(view([])[PROTO]).toBe(Array.prototype);
  });

  it('is shown by console.log as the document would be', () => {
    for (const value of [document, { nested: [[[{}]]] }, long, { ...large, o: { p: { q: { r: 1 } } } }]) {
      expect(inspect(view(value))).toBe(inspect(JSON.parse(JSON.stringify(value))));
    }
    expect(inspect(view(long), { maxArrayLength: null })).toBe(inspect(long, { maxArrayLength: null }));
    expect(inspect(view({ a: view({ b: 1 }) }), { depth: 0 })).toBe('{ a: [Object] }');
  });
});

describe('a view refuses', () => {
  const refused = expect.objectContaining({
    name: 'JsonMmapTypeError',
    code: 'ERR_READ_ONLY',
    message: expect.stringContaining('Master.set'),
  });
  const attempts: [string, (v: Loose) => void][] = [
    ['assignment', (v) => (v.a = 1)],
    ['a new key', (v) => (v.new = 1)],
    ['a symbol', (v) => (v[Symbol('s')] = 1)],
    ['delete', (v) => delete v.a],
    ['delete of nothing', (v) => delete v.nothing],
    ['defineProperty', (v) => Object.defineProperty(v, 'a', { value: 1 })],
    ['setPrototypeOf', (v) => Object.setPrototypeOf(v, null)],
    ['__proto__', (v) => (v[PROTO] = {})],
    ['freeze', (v) => Object.freeze(v)],
    ['Object.assign', (v) => Object.assign(v, { x: 1 })],
    ['push', (v) => v.list.push(4)],
    ['push on an empty one', (v) => v.none.push(4)],
    ['pop', (v) => v.list.pop()],
    ['shift', (v) => v.list.shift()],
    ['splice', (v) => v.list.splice(0, 1)],
    ['sort', (v) => v.list.sort()],
    ['reverse', (v) => v.list.reverse()],
    ['fill', (v) => v.list.fill(0)],
    ['copyWithin', (v) => v.list.copyWithin(0, 1)],
    ['an element', (v) => (v.list[0] = 9)],
    ['length', (v) => (v.list.length = 0)],
    ['a write to what inherits from it', (v) => (Object.create(v).a = 1)],
  ];

  it.each(attempts)('%s', (_, attempt) => {
    const value = { a: 1, list: [3, 1, 2], none: [] };
    const v = view(value);
    expect(() => attempt(v)).toThrow(TypeError);
    expect(() => attempt(v)).toThrow(refused);
    expect(v).toEqual(value);
  });
});

it('a view of one key does not list its container', () => {
  const segment = new MemorySegment();
  const writer = new Writer(segment);
  encode(writer, large);
  segment.i32[writer.lo * 2 + 3] = 1; // the next ordinal: whoever lists the object finds that it is wrong
  const v: Loose = viewOf(writer.reader, writer.lo, writer.hi);
  expect(v['key 5']).toBe('value 5');
  expect('key 300' in v).toBe(false);
  expect(() => Object.keys(v)).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
});

it('keys of a large object are found in any order, also after it was listed', () => {
  const v = view(large);
  const keys = Object.keys(v);
  for (const key of [...keys, ...keys.toReversed(), ...keys.toSorted()]) expect(v[key]).toEqual((large as Loose)[key]);
  expect(v.missing).toBeUndefined();
});

describe('children of a large container', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const users = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`user ${i}`, { address: { city: [i] } }]));
  const readAll = (v: Loose): boolean =>
    Object.keys(users).every((key) => v[key].address.city[0] === users[key].address.city[0]);

  it('are the same objects as long as few others were asked for', () => {
    const v = view(users);
    const [first, city] = [v['user 1'], v['user 1'].address.city];
    for (let i = 2; i < 60; i++) void v[`user ${i}`];
    expect(v['user 1']).toBe(first);
    expect(v['user 1'].address.city).toBe(city);
  });

  it('are forgotten when many others were, and can be read turn after turn without end', async () => {
    const v = view(users);
    let collected = 0;
    const registry = new FinalizationRegistry<number>(() => collected++);
    for (let turn = 0; turn < 100; turn++) {
      registry.register(v[`user ${turn}`], turn);
      expect(readAll(v)).toBe(true);
      await setImmediate();
    }
    collectGarbage();
    await setImmediate();
    collectGarbage();
    await setImmediate();
    expect(collected).toBeGreaterThan(90);
  });

  it('can be read without end in one turn too: then all are kept', () => {
    const v = view(users);
    for (let round = 0; round < 500; round++) expect(readAll(v)).toBe(true);
    const first = v['user 1'];
    expect(readAll(v)).toBe(true);
    expect(v['user 1']).toBe(first);
  });
});
