/** RFC 7396: its own examples (appendix A), and a plain implementation beside ours. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Master } from '../../../src/index.js';
import { casesOf } from '../../effort.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openMaster } from './kit.js';
import { json, mergePatch } from './reference.js';

let master: Master;
beforeEach(() => {
  master = openMaster(newDirectory());
});

describe('merge', () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('the example of RFC 7396: %j and %j give %j', (document, patch, expected) => {
    master.write(document);
    master.merge(patch);
    expectSame(master.current, expected);
  });

  it('begins with nothing', () => {
    master.merge({ a: { b: null, c: 1 } });
    expectSame(master.current, { a: { c: 1 } });
    expect(master.version).toBe(1);
  });

  it('keeps what it does not name, and publishes nothing where nothing changes', () => {
    master.write({ a: { b: 1, c: [1] }, d: {} });
    expect(master.merge({})).toBe(1);
    expect(master.merge({ a: { b: 1 }, d: {}, gone: null })).toBe(1);
    expect(master.merge({ a: { c: [1] } })).toBe(1);
    expect(master.merge({ a: { c: [2] } })).toBe(2);
    expectSame(master.current, { a: { b: 1, c: [2] }, d: {} });
  });

  it('takes values as JSON does', () => {
    master.write({ a: 1, b: 2 });
    master.merge({ a: undefined, b: Number.NaN, c: new Date(0), d: { toJSON: () => ({ e: null, f: [undefined] }) } });
    expectSame(master.current, { a: 1, c: '1970-01-01T00:00:00.000Z', d: { f: [null] } });
  });

  it.each([[undefined], [() => 1], [1n], [{ deep: { er: 1n } }]])('refuses %o, and changes nothing', (patch) => {
    master.write({ a: 1 });
    expect(codeOf(() => master.merge(patch))).toBe('ERR_NOT_SERIALIZABLE');
    expectSame(master.current, { a: 1 });
    expect(master.version).toBe(1);
  });

  it('refuses a cycle', () => {
    const cycle: Record<string, unknown> = { a: {} };
    cycle.a = { back: cycle };
    expect(codeOf(() => master.merge(cycle))).toBe('ERR_NOT_SERIALIZABLE');
    expect(master.version).toBe(0);
    master.write({ a: { back: { a: 1 } } });
    expect(codeOf(() => master.merge(cycle))).toBe('ERR_NOT_SERIALIZABLE');
    expectSame(master.current, { a: { back: { a: 1 } } });
  });

  it('takes an object that stands in several places for several', () => {
    const shared = { x: 1 };
    master.merge({ a: shared, b: { c: shared } });
    expectSame(master.current, { a: { x: 1 }, b: { c: { x: 1 } } });
  });

  it('goes as deep as the document, and deeper', () => {
    const DEPTH = 3000;
    const nested = (inner: unknown, depth: number) => {
      let value = inner;
      for (let i = 0; i < depth; i++) value = { a: value };
      return value;
    };
    master.merge(nested({ end: 1 }, DEPTH));
    master.merge(nested({ end: 2, more: null }, DEPTH));
    expect(master.get(new Array(DEPTH).fill('a'))).toEqual({ end: 2 });
    master.merge(nested(null, DEPTH));
    expect(master.get(new Array(DEPTH - 1).fill('a'))).toEqual({});
  });

  it('does what a plain implementation does', () => {
    const key = fc.constantFrom('a', 'b', 'c', '0', '__proto__');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom<unknown>(null, 1, 'x', [], [null]),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(
        value.map((document) => json(document)),
        value,
        (document, patch) => {
          master.write(document);
          master.merge(patch);
          expectSame(master.current, mergePatch(document, json(patch)));
        },
      ),
      { numRuns: casesOf(1000) },
    );
  });
});
