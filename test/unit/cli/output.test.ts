import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { nearest } from '../../../src/cli/nearest.js';
import { compactJson, jsonText, paintedJson } from '../../../src/cli/output/json-text.js';
import { type Paint, painterFor, plain } from '../../../src/cli/output/paint.js';
import { aligned, cut, table } from '../../../src/cli/output/table.js';
import { ago, count, duration, size } from '../../../src/cli/output/words.js';
import { jsonPieces } from '../../../src/follower/json-stream.js';
import { Follower, Master } from '../../../src/index.js';

describe('words', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 KiB'],
    [1024, '1 KiB'],
    [20 * 1024, '20 KiB'],
    [1536 * 1024, '1.5 MiB'],
    [1023 * 1024 * 1024, '1.0 GiB'],
    [2 ** 50, '1024 TiB'],
  ])('a size of %i is %s', (bytes, words) => expect(size(bytes)).toBe(words));

  it.each([
    [-5, 'just now'],
    [999, 'just now'],
    [1000, '1 second ago'],
    [59_999, '59 seconds ago'],
    [60_000, '1 minute ago'],
    [3 * 3600_000, '3 hours ago'],
    [400 * 86_400_000, '400 days ago'],
  ])('an age of %i ms is %s', (ms, words) => expect(ago(ms)).toBe(words));

  it.each([
    [4.04, '4.0 ns'],
    [180, '180 ns'],
    [2400, '2.4 µs'],
    [52e6, '52 ms'],
    [1.5e9, '1.5 s'],
  ])('a duration of %d ns is %s', (ns, words) => expect(duration(ns)).toBe(words));

  it('counts things', () => {
    expect([count(1, 'version'), count(12_000, 'version'), count(0, 'process', 'processes')]).toEqual([
      '1 version',
      '12,000 versions',
      '0 processes',
    ]);
  });
});

describe('nearest', () => {
  it.each([
    ['gte', ['get', 'set', 'delete'], 'get'],
    ['publsh', ['publish', 'patch'], 'publish'],
    ['bta', ['beta', 'newCheckout'], 'beta'],
    ['zebra', ['app', 'shop'], undefined],
    ['x', [], undefined],
    ['', ['a'], 'a'],
  ])('to %s among %j is %s', (word, names, expected) => expect(nearest(word, names)).toBe(expected));
});

describe('a table', () => {
  const brackets: Paint = (style, text) => (text === '' ? '' : `<${style}>${text}</>`);

  it('aligns its columns whatever their colour', () => {
    const rows = [
      [{ text: 'a', style: 'bold' as const }, '1'],
      ['long name', '12345'],
    ];
    expect(table([{ title: 'NAME' }, { title: 'N', align: 'right' }], rows, plain).split('\n')).toEqual([
      'NAME           N',
      'a              1',
      'long name  12345',
    ]);
    expect(aligned(rows, brackets)).toBe('<bold>a</>          1\nlong name  12345');
  });

  it('cuts its last column where the line would be too long', () => {
    expect(aligned([['ab', 'x'.repeat(20)]], plain, { width: 10 })).toBe(`ab  ${'x'.repeat(5)}…`);
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abc', 0)).toBe('…');
  });
});

describe('colour', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{}, {}, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('on %j with %j: %s', (stream, env, coloured) => {
    expect(painterFor(stream, env)('red', 'x') !== 'x').toBe(coloured);
  });

  it('of JSON leaves the text as it is', () => {
    const value = { 'key: "x"': ['a: 1', '\\"', -1.5e-7, true, null, {}], 'a\\': 'true' };
    const paint = painterFor({ isTTY: true }, {});
    expect(stripVTControlCharacters(paintedJson(jsonText(value, 2), paint))).toBe(JSON.stringify(value, null, 2));
    expect(stripVTControlCharacters(compactJson(value, paint))).toBe(JSON.stringify(value));
  });
});

describe('JSON piece by piece', () => {
  const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-stream-'));
  const master = Master.open<unknown>('stream', { dir, initial: null });
  const follower = Follower.open('stream', { dir });
  afterAll(() => {
    follower.close();
    master.close();
    rmSync(dir, { recursive: true });
  });

  function streamed(value: unknown, indent: number): string {
    master.write(value);
    const pieces = [...jsonPieces(follower.snapshot(), [], indent)];
    const fractions = pieces.map(({ fraction }) => fraction);
    expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
    expect(fractions.at(-1)).toBe(1);
    return pieces.map(({ text }) => text).join('');
  }

  it('is what JSON.stringify makes of any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'large' }), fc.constantFrom(0, 2), (value, indent) => {
        expect(streamed(value, indent)).toBe(JSON.stringify(JSON.parse(JSON.stringify(value)), undefined, indent));
      }),
    );
  });

  it.each([0, 2])('also where containers are wide, in one another and below narrow ones (indent %i)', (indent) => {
    const wide = (n: number, of: (i: number) => unknown) => Array.from({ length: n }, (_, i) => of(i));
    const named = (n: number, of: (i: number) => unknown) =>
      Object.fromEntries(wide(n, (i) => [`k${i}`, of(i)]) as [string, unknown][]);
    const value = {
      list: wide(1000, (i) => (i % 300 === 7 ? wide(300, (j) => [j]) : { i, text: 'x\ny' })),
      map: named(700, (i) => (i % 100 === 0 ? named(256, () => ({})) : i)),
      deep: { a: { b: { c: { d: wide(255, () => ({ e: [] })), e: wide(256, (i) => i) } } } },
      numbers: { 3: wide(600, (i) => i), 1: { 2: 'x' }, b: 0, __proto: 1, ['__proto__']: { x: 1 } },
      empty: [[], {}, [[]]],
    };
    expect(streamed(value, indent)).toBe(JSON.stringify(value, undefined, indent));
  });

  it('also where it is nested too deeply for JSON.stringify, beside what is not', () => {
    const text = `${'[{"a":[1,{}],"b":'.repeat(6000)}[${'1,'.repeat(300)}2]${'}]'.repeat(6000)}`;
    expect(() => JSON.stringify(JSON.parse(text))).toThrow(RangeError);
    expect(streamed(JSON.parse(text), 0)).toBe(text);
    expect(streamed(JSON.parse(text), 1).replace(/\s+/g, '')).toBe(text);
  });
});
