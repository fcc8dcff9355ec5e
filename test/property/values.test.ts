import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { encode } from '../../src/format/write/encode.js';
import { Writer } from '../../src/format/write/writer.js';
import { casesOf, isFull } from '../effort.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { expectAgreement, expectReads } from './agreement.js';
import { longText, nasty } from './nasty.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? casesOf(2000));
/** Lengths around which the writer changes its way. */
const EDGES = new Set([0, 1, 63, 64, 65, 66, 4095, 4096, 4097, 4160, 4161, 5000, 10_000]);
/** In the short run every tenth, and those at which something changes. */
const sampled = (counts: number[]): number[] => counts.filter((count, i) => isFull || i % 10 === 0 || EDGES.has(count));
const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
const encodeAlone = (value: unknown) => encode(new Writer(new MemorySegment()), value);

describe('a value reads as JSON.parse(JSON.stringify(value)) gives it', () => {
  it('whatever it is', () => {
    fc.assert(fc.property(nasty, expectAgreement), { numRuns });
  });

  it('with long strings', () => {
    fc.assert(fc.property(fc.array(longText, { maxLength: 3 }), expectAgreement), { numRuns: casesOf(30) });
  });

  const keyStyles: [string, (i: number) => string][] = [
    ['names', (i) => `key ${i}`],
    ['integers from behind', (i) => String(10_000 - i)],
    ['names and integers by turns', (i) => (i % 2 === 0 ? `k${i}` : String(i * 7))],
    ['names of all encodings', (i) => `${['a', 'é', 'Ω', '\ud800', '\u{1f600}'][i % 5]}${i}`.repeat(1 + (i % 7))],
    ['long names', (i) => 'long'.repeat(20) + i],
  ];

  it.each(keyStyles)('an object of 0 to 200 and of 5,000 %s', (_, name) => {
    for (const count of sampled([...listOf(201, (i) => i), 5000])) {
      expectAgreement(Object.fromEntries(listOf(count, (i) => [name(i), i % 5 === 0 ? [i] : i])));
    }
  });

  it.each(keyStyles)('rows of 60 to 70, of 128, 129, 1,000, 1,024 and 1,025 %s', (_, name) => {
    for (const count of [...listOf(11, (i) => 60 + i), 128, 129, 1000, 1024, 1025]) {
      expectAgreement(listOf(3, (row) => Object.fromEntries(listOf(count, (i) => [name(i), i % 5 === row ? [i] : i]))));
    }
  });

  it('an array of 0 to 300, of 4,095 to 4,225 and of 10,000 elements', () => {
    const counts = [...listOf(301, (i) => i), ...listOf(131, (i) => 4095 + i), 10_000];
    for (const count of sampled(counts)) {
      expectAgreement(listOf(count, (i) => (i % 7 === 0 ? { i } : i)));
    }
  });

  it('a string of every length up to 300, in each encoding', () => {
    for (const letter of ['a', 'é', 'Ω', '\ud83d']) expectAgreement(listOf(301, (i) => letter.repeat(i)));
  });

  it('a key of every encoding of 65,535 units and more', () => {
    for (const letter of ['a', 'é', 'Ω']) {
      for (const length of [65_535, 65_536]) {
        expectAgreement({ [letter.repeat(length)]: 1 });
        expectAgreement(Object.fromEntries(listOf(70, (i) => [letter.repeat(length - 2) + (10 + i), i])));
      }
    }
  });

  it('nested as deep as JSON.stringify goes', () => {
    expectAgreement(JSON.parse('['.repeat(4000) + ']'.repeat(4000)));
    expectAgreement(JSON.parse(`${'{"a":'.repeat(4000)}[]${'}'.repeat(4000)}`));
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both, with neighbours', '{"a":1,"b":[2,', ',3],"c":4}'],
  ])('nested deeper: 100,000 %s', (_, open, close) => {
    const levels = isFull ? 100_000 : 20_000; // the stack of the machine ends before either
    const value = JSON.parse(`${open.repeat(levels)}null${close.repeat(levels)}`);
    const writer = new Writer(new MemorySegment({ capacity: 1 << 24 }));
    expect(encode(writer, value)).toBe(true);
    expectReads(writer, value);
  });

  it('what a toJSON of its class, or of a date, makes of it', () => {
    const moment = new Date(0);
    class Money {
      readonly #cents = 150;

      toJSON(key: string): object {
        return { [key]: this.#cents / 100, at: moment, again: new Date(1e12) };
      }
    }
    expectAgreement(new Money());
    expectAgreement([new Money(), { price: new Money() }]);
  });

  it('proxies of arrays whose length is no whole number', () => {
    for (const length of [0, 2, 2.9, '2', -1, Number.NaN, null, undefined, { valueOf: () => 1 }]) {
      expectAgreement(
        new Proxy([1, 2, 3, 4], { get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)) }),
      );
    }
  });

  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };

  it.skipIf(rawJSON === undefined)('a raw -0, which stays one (skipped where there is no JSON.rawJSON)', () => {
    const toJSON = () => rawJSON?.('-0');
    expectAgreement(rawJSON?.('-0'));
    expectAgreement([rawJSON?.('-0'), -0, { toJSON }, { raw: rawJSON?.('-0'), minus: -0 }]);
  });

  it('objects that change while they are read', () => {
    const shrinking = () => {
      const value: Record<string, unknown> = { a: 1, b: 2, c: { d: 3 } };
      Object.defineProperty(value, 'a', { get: () => delete value.b, enumerable: true });
      return [value];
    };
    const list: unknown[] = [1, 2, 3];
    list[0] = { toJSON: () => list.splice(1, 1).length };
    expect(JSON.stringify(shrinking())).toBe('[{"a":true,"c":{"d":3}}]');
    const writer = new Writer(new MemorySegment());
    encode(writer, shrinking());
    expectReads(writer, [{ a: true, c: { d: 3 } }]);
    encode(writer, list);
    expectReads(writer, [1, 3, null]);
  });
});

describe('BigInts', () => {
  const refused = expect.objectContaining({ code: 'ERR_NOT_SERIALIZABLE' });
  const prototype = BigInt.prototype as { toJSON?: (key: string) => unknown };

  afterEach(() => {
    delete prototype.toJSON;
  });

  it.each(
    [[1n], [{ a: [1n] }], [Object(1n)], [{ toJSON: () => 1n }], [new Map([[1, 1]]).size, 2n]].map((list) => [list]),
  )('are refused: %o', (value) => {
    expect(() => JSON.stringify(value)).toThrow(TypeError);
    expect(() => encodeAlone(value)).toThrow(refused);
  });

  it('are stored as their toJSON says, where a program gave them one', () => {
    prototype.toJSON = function (this: bigint, key: string) {
      return `${key}:${this}`;
    };
    expectAgreement(1n);
    expectAgreement({ a: 1n, b: [2n, Object(3n)] });
  });
});

describe('cycles', () => {
  const refused = expect.objectContaining({ code: 'ERR_NOT_SERIALIZABLE', message: expect.stringContaining('cycle') });

  function ring(length: number): object {
    const links: { next?: object }[] = listOf(length, () => ({}));
    for (const [i, link] of links.entries()) link.next = links[(i + 1) % length];
    return links[0];
  }

  it.each([1, 2, 3, 14, 15, 16, 17, 18, 5000])('of %i objects are refused', (length) => {
    expect(() => encodeAlone(ring(length))).toThrow(refused);
    expect(() => encodeAlone([[[ring(length)]]])).toThrow(refused);
  });

  it('through arrays and toJSON are refused', () => {
    const list: unknown[] = [];
    list.push({ list });
    const called = { toJSON: () => ({ called }) };
    expect(() => encodeAlone(list)).toThrow(refused);
    expect(() => encodeAlone(called)).toThrow(expect.objectContaining({ code: 'ERR_NOT_SERIALIZABLE' }));
  });

  it('are met before what stands beside them is written again and again', () => {
    const value = { list: listOf(50_000, (i) => i), self: {} };
    value.self = value;
    const segment = new MemorySegment();
    expect(() => encode(new Writer(segment), value)).toThrow(refused);
    expect(segment.head).toBeLessThan(1_000_000);
  });

  it('are none where several entries name one object', () => {
    const shared = { list: [1, { deep: [] }] };
    expectAgreement([shared, shared, { shared, again: [shared.list, shared.list] }]);
  });
});
