/** Which layer each value of a document comes from. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originsOf } from '../../src/run/origins.js';
import { merge } from '../../src/sources/merge.js';
import { casesOf } from '../effort.js';

const layersOf = (...values: unknown[]) => values.map((value, i) => ({ name: `L${i + 1}`, value }));
const merged = (values: readonly unknown[]): unknown => values.map((value) => structuredClone(value)).reduce(merge);
const origins = (values: unknown[], path = '', document = merged(values)) =>
  Object.fromEntries(originsOf(document, layersOf(...values), path).map(({ path, origin }) => [path, origin]));

describe('originsOf', () => {
  it('names the last layer that has a value', () => {
    expect(origins([{ a: 1, b: 2, o: { x: 1, y: 2 } }, { b: 3, o: { y: 4 } }, { o: { z: 5 } }])).toEqual({
      '/a': 'L1',
      '/b': 'L2',
      '/o/x': 'L1',
      '/o/y': 'L2',
      '/o/z': 'L3',
    });
  });

  it('takes an array for one value, and its elements for parts of it', () => {
    const values = [{ list: [1, { a: 1 }] }, { list: [1, { a: 2 }] }];
    expect(origins(values)).toEqual({ '/list': 'L2' });
    expect(origins(values, '/list/1')).toEqual({ '/list/1/a': 'L2' });
    expect(origins(values, '/list/0')).toEqual({ '/list/0': 'L2' });
  });

  it('knows that null deletes, but for the first layer, where it is a value', () => {
    expect(
      origins([
        { a: null, b: 1, o: { x: 1 } },
        { b: null, o: null, n: { y: null } },
        { b: 2, o: { y: 1 } },
      ]),
    ).toEqual({
      '/a': 'L1',
      '/n': 'L2',
      '/b': 'L3',
      '/o/y': 'L3',
    });
  });

  it('says null for what no layer has: it was written, or the files are others now', () => {
    const values = [{ a: 1, b: { c: 1 }, list: [1, 2] }];
    const document = { a: 2, b: { c: 1, d: 1 }, list: [1, 3], e: {} };
    expect(origins(values, '', document)).toEqual({
      '/a': null,
      '/b/c': 'L1',
      '/b/d': null,
      '/list': null,
      '/e': null,
    });
    expect(origins(values, '/list', document)).toEqual({ '/list': null });
    expect([origins(values, '/list/0', document), origins(values, '/list/1', document)]).toEqual([
      { '/list/0': 'L1' },
      { '/list/1': null },
    ]);
  });

  it('knows documents that are no objects', () => {
    expect(origins(['text'])).toEqual({ '': 'L1' });
    expect(origins([[]])).toEqual({ '': 'L1' });
    expect(origins([{}])).toEqual({ '': 'L1' });
    expect(origins(['text'], '', 'other')).toEqual({ '': null });
  });

  it('is refused for a path that does not exist, and for more than an answer holds', () => {
    expect(() => origins([{ a: 1 }], '/b')).toThrow(expect.objectContaining({ code: 'ERR_PATH_NOT_FOUND' }));
    expect(() => origins([{ a: [] }], '/a/length')).toThrow(expect.objectContaining({ code: 'ERR_PATH_NOT_FOUND' }));
    const many = Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`k${i}`, i]));
    expect(() => origins([many])).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
    expect(() => origins([{ ['k'.repeat(200_001)]: 1 }])).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
  });

  it('has an origin for every value that merging makes, and it has that value', () => {
    const key = fc.constantFrom('a', 'b', 'c', '__proto__');
    const { object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
      object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 1, 2, 'x'),
        fc.array(fc.constantFrom(1, 2), { maxLength: 2 }),
        tie('object'),
      ),
    }));
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 4 }), (values) => {
        const plain = values.map((value) => JSON.parse(JSON.stringify(value)));
        for (const { path, origin } of originsOf(merged(plain), layersOf(...plain), '')) {
          expect(origin, path).not.toBeNull();
          // Layers behind it say nothing about that value.
          const upTo = Number(origin?.slice(1));
          const found = (document: unknown) =>
            path
              .split('/')
              .slice(1)
              .reduce((at, token) => (at as Record<string, unknown>)?.[token], document);
          expect(found(merged(plain.slice(0, upTo))), path).toEqual(found(merged(plain)));
        }
      }),
      { numRuns: casesOf(2000) },
    );
  });
});
