import { describe, expect, it } from 'vitest';
import { encode } from '../../../../src/format/write/encode.js';
import { encodeDeep } from '../../../../src/format/write/encode-deep.js';
import { coded, keyed, newWriter, numbers, readBack } from './kit.js';

describe('encodeDeep', () => {
  it('writes what encode writes, byte by byte', () => {
    const value = {
      small: [{ a: 1, b: 'some text' }, { a: 2, b: 'λ' }, [], {}],
      large: [keyed(70), numbers(200)],
      left: { out: undefined, kept: 1, also: () => 1, last: [undefined] },
    };
    const [deep, recursive] = [newWriter(), newWriter()];
    encodeDeep(deep, value, []);
    encode(recursive, value);
    expect([deep.lo, deep.hi, deep.segment.head]).toEqual([recursive.lo, recursive.hi, recursive.segment.head]);
    expect(deep.segment.bytes.equals(recursive.segment.bytes)).toBe(true);
  });

  it('needs no stack of the machine', () => {
    const writer = newWriter();
    const depth = 20_000;
    encodeDeep(writer, JSON.parse('['.repeat(depth) + ']'.repeat(depth)), []);
    let levels = 0;
    for (let value = readBack(writer) as unknown[]; value !== undefined; value = value[0] as unknown[]) levels++;
    expect(levels).toBe(depth);
  });

  it('uses a frame again for the next container at its depth', () => {
    const writer = newWriter();
    const value = [{ a: undefined, b: [1] }, [[2], { c: 3 }], { d: { e: 4 } }];
    encodeDeep(writer, value, []);
    expect(readBack(writer)).toEqual([{ b: [1] }, [[2], { c: 3 }], { d: { e: 4 } }]);
  });

  it('refuses a cycle, through itself and through the containers around it', () => {
    const cyclic: unknown[] = [];
    cyclic.push([cyclic]);
    const outer = { a: 1 };
    expect(() => encodeDeep(newWriter(), cyclic, [])).toThrow(coded('ERR_NOT_SERIALIZABLE'));
    expect(() => encodeDeep(newWriter(), [[outer]], [outer])).toThrow(coded('ERR_NOT_SERIALIZABLE'));
  });
});
