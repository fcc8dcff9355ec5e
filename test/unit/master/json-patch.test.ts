/** RFC 6902: its own examples (appendix A), what it leaves to the reader, and a plain implementation beside ours. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonPatch, Master } from '../../../src/index.js';
import { casesOf, isFull } from '../../effort.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openMaster } from './kit.js';
import { applyPatch, json } from './reference.js';

let master: Master;
beforeEach(() => {
  master = openMaster(newDirectory());
});

describe('the examples of RFC 6902', () => {
  it.each<[string, unknown, unknown[], unknown]>([
    [
      'A.1 adding an object member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { foo: 'bar', baz: 'qux' },
    ],
    [
      'A.2 adding an array element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 removing an object member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [
      'A.4 removing an array element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replacing a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moving a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 moving an array element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 testing a value: success',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10 adding a nested member object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 ignoring unrecognized elements',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    ['A.14 ~ escape ordering', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 adding an array value',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ])('%s', (_, document, operations, expected) => {
    master.write(document);
    master.patch(operations as unknown as JsonPatch);
    expectSame(master.current, expected);
  });

  it.each<[string, unknown, unknown[], string]>([
    [
      'A.9 testing a value: error',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      'ERR_PATCH_TEST_FAILED',
    ],
    [
      'A.12 adding to a nonexistent target',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 'qux' }],
      'ERR_PATH_NOT_FOUND',
    ],
    [
      'A.15 comparing strings and numbers',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: '10' }],
      'ERR_PATCH_TEST_FAILED',
    ],
  ])('%s', (_, document, operations, code) => {
    master.write(document);
    expect(codeOf(() => master.patch(operations as unknown as JsonPatch))).toBe(code);
    expectSame(master.current, document);
  });
});

describe('a patch', () => {
  const DOCUMENT = { a: { b: [1, 2, 3], c: null }, 'x/y': { '~': 1 }, list: [[], {}] };
  beforeEach(() => {
    master.write(DOCUMENT);
  });

  it.each<[string, unknown[], unknown]>([
    ['replaces the document', [{ op: 'replace', path: '', value: [1] }], [1]],
    ['adds the document', [{ op: 'add', path: '', value: 'text' }], 'text'],
    [
      'copies a value, and then they are two',
      [
        { op: 'copy', from: '/a/b', path: '/copy' },
        { op: 'add', path: '/copy/0', value: 0 },
      ],
      { ...DOCUMENT, copy: [0, 1, 2, 3] },
    ],
    ['copies the document into itself', [{ op: 'copy', from: '', path: '/self' }], { ...DOCUMENT, self: DOCUMENT }],
    [
      'moves a value over one that it stood in',
      [{ op: 'move', from: '/a/b', path: '/a' }],
      { a: [1, 2, 3], 'x/y': { '~': 1 }, list: [[], {}] },
    ],
    ['moves a value to where it stands', [{ op: 'move', from: '/a', path: '/a' }], DOCUMENT],
    ['adds over a member, which stays in its place', [{ op: 'add', path: '/a', value: 1 }], { ...DOCUMENT, a: 1 }],
    [
      'adds at the end of an array, by its length',
      [{ op: 'add', path: '/a/b/3', value: 4 }],
      { ...DOCUMENT, a: { b: [1, 2, 3, 4], c: null } },
    ],
    ['takes null for a value', [{ op: 'add', path: '/n', value: null }], { ...DOCUMENT, n: null }],
    ['follows escapes', [{ op: 'replace', path: '/x~1y/~0', value: 2 }], { ...DOCUMENT, 'x/y': { '~': 2 } }],
    [
      'tests objects whatever the order of their keys',
      [{ op: 'test', path: '/a', value: { c: null, b: [1, 2, 3] } }],
      DOCUMENT,
    ],
    [
      'tests values as JSON stores them',
      [{ op: 'test', path: '/list', value: [[], { toJSON: () => ({}) }] }],
      DOCUMENT,
    ],
    [
      'is applied in its order',
      [
        { op: 'remove', path: '/a/b/0' },
        { op: 'remove', path: '/a/b/0' },
        { op: 'test', path: '/a/b', value: [3] },
      ],
      { ...DOCUMENT, a: { b: [3], c: null } },
    ],
  ])('%s', (_, operations, expected) => {
    master.patch(operations as unknown as JsonPatch);
    expectSame(master.current, expected);
    expectSame(applyPatch(DOCUMENT, json(operations) as JsonPatch), expected);
  });

  it.each<[unknown, string]>([
    ['not an array', 'ERR_PATCH_INVALID'],
    [{ op: 'add', path: '/z', value: 1 }, 'ERR_PATCH_INVALID'],
    [[null], 'ERR_PATCH_INVALID'],
    [['add'], 'ERR_PATCH_INVALID'],
    [[{ path: '/a' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'set', path: '/a', value: 1 }], 'ERR_PATCH_INVALID'],
    [[{ op: 'constructor', path: '/a', value: 1 }], 'ERR_PATCH_INVALID'],
    [[{ op: 'add', path: '/z' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'add', value: 1 }], 'ERR_PATCH_INVALID'],
    [[{ op: 'add', path: ['a'], value: 1 }], 'ERR_PATCH_INVALID'],
    [[{ op: 'move', path: '/z' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'copy', path: '/z', from: 7 }], 'ERR_PATCH_INVALID'],
    [[{ op: 'remove', path: '' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'move', from: '/a', path: '/a/d' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'move', from: '', path: '/d' }], 'ERR_PATCH_INVALID'],
    [[{ op: 'add', path: 'z', value: 1 }], 'ERR_PATH_INVALID'],
    [[{ op: 'add', path: '/~2', value: 1 }], 'ERR_PATH_INVALID'],
    [[{ op: 'add', path: '/a/b/4', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'add', path: '/a/b/01', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'add', path: '/a/b/x', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'add', path: '/a/c/d', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'replace', path: '/z', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'replace', path: '/a/b/-', value: 1 }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'remove', path: '/a/b/-' }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'remove', path: '/a/b/3' }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'remove', path: '/toString' }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'move', from: '/z', path: '/y' }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'copy', from: '/a/b/7', path: '/y' }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'test', path: '/z', value: null }], 'ERR_PATH_NOT_FOUND'],
    [[{ op: 'test', path: '/a/b', value: [1, 2] }], 'ERR_PATCH_TEST_FAILED'],
    [[{ op: 'test', path: '/list/0', value: {} }], 'ERR_PATCH_TEST_FAILED'],
    [[{ op: 'add', path: '/z', value: 1n }], 'ERR_NOT_SERIALIZABLE'],
    [[{ op: 'test', path: '/a', value: { b: 1n } }], 'ERR_NOT_SERIALIZABLE'],
    [[{ op: 'add', path: '/z', value: () => 1 }], 'ERR_NOT_SERIALIZABLE'],
  ])('%o is refused with %s, and changes nothing', (operations, code) => {
    const before = master.version;
    const attempt = () => master.patch(operations as JsonPatch);
    expect(codeOf(attempt)).toBe(code);
    if (Array.isArray(operations)) {
      expect(attempt).toThrow(/operation 0/);
      const late = [{ op: 'remove', path: '/x~1y' }, { op: 'add', path: '/kept', value: 1 }, ...operations];
      expect(() => master.patch(late as JsonPatch)).toThrow(expect.objectContaining({ code, index: 2 }));
    }
    expect(master.version).toBe(before);
    expectSame(master.current, DOCUMENT);
  });

  it('that undoes itself publishes nothing', () => {
    const before = master.version;
    const operations: JsonPatch = [
      { op: 'add', path: '/z', value: { deep: [1] } },
      { op: 'replace', path: '/a/b/1', value: 'x' },
      { op: 'replace', path: '/a/b/1', value: 2 },
      { op: 'remove', path: '/z' },
    ];
    expect(master.patch(operations)).toBe(before);
    expect(master.patch([])).toBe(before);
    expect(master.version).toBe(before);
  });

  it('needs a document', () => {
    const empty = openMaster(newDirectory());
    expect(codeOf(() => empty.patch([{ op: 'add', path: '', value: 1 }]))).toBe('ERR_PATH_NOT_FOUND');
  });
});

describe('many operations on an object', () => {
  const OPERATIONS = 4000;
  /** How much slower a run may be than another one; comparing the long key in each operation is some hundred times slower. */
  const FACTOR = 30;

  it.each<[string, JsonPatch]>([
    [
      'that move its keys',
      [
        { op: 'move', from: '/n', path: '/moved' },
        { op: 'move', from: '/moved', path: '/n' },
      ],
    ],
    [
      'that add and remove its first key',
      [
        { op: 'add', path: '/1', value: 1 },
        { op: 'remove', path: '/1' },
      ],
    ],
  ])('%s take no longer beside a key of some megabytes', (_, pair) => {
    const operations = Array.from({ length: OPERATIONS / 2 }, () => pair).flat();
    const took = (length: number): number => {
      master.write({ ['k'.repeat(length)]: 0, n: 1 });
      const before = performance.now();
      master.patch(operations);
      return performance.now() - before;
    };
    took(1);
    const short = took(1);
    expect(took(4_000_000)).toBeLessThan(FACTOR * short);
    expect(master.get('/n')).toBe(1);
  });
});

describe('the copies of a patch', () => {
  const MIB = 1024 * 1024;

  it('that double the document each time are refused before they fill anything, and nothing has changed', () => {
    master.write({ list: Array.from({ length: 1000 }, (_, i) => ({ i, on: true })) });
    const before = master.current;
    const doubling = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/list', path: '/list/-' }) as const);
    const patch = () => master.patch(doubling);
    expect(codeOf(patch)).toBe('ERR_TOO_LARGE');
    expect(patch).toThrow(/operation \d+ of the patch: the copies .* several patches/);
    expect(master.current).toBe(before);
    expect(master.version).toBe(1);
    expect(master.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThan(80 * MIB);
    expect(master.set('/n', 1)).toBe(2);
  });

  it.runIf(isFull)('may make a large document of a template', () => {
    const template = Array.from({ length: 1000 }, (_, i) => ({ name: `name ${i}`, at: [i, i + 1], on: true }));
    master.write({ template, tenants: {} });
    const operations = Array.from(
      { length: 500 },
      (_, i) => ({ op: 'copy', from: '/template', path: `/tenants/${i}` }) as const,
    );
    master.patch(operations);
    expect(master.size('/tenants')).toBe(500);
    expect(master.get('/tenants/499')).toEqual(template);
  });

  it.runIf(isFull)('may be several times a large document', () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => ({ row: [i, { of: i }] }));
    master.write({ rows });
    const operations = [1, 2, 3].map((i) => ({ op: 'copy', from: '/rows', path: `/copy${i}` }) as const);
    master.patch(operations);
    expect(master.get('/copy3/99999')).toEqual(rows[99_999]);
  });
});

describe('any patch', () => {
  const token = fc.constantFrom('a', 'b', '0', '1', '2', '-', '', '~0', '~1', '00', '__proto__');
  const path = fc.array(token, { maxLength: 3 }).map((tokens) => tokens.map((name) => `/${name}`).join(''));
  const value = fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.parse(JSON.stringify(json)) as unknown);
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({ op: fc.constantFrom('move', 'copy'), from: path, path }),
  );
  const document = fc.constantFrom<unknown>(
    { a: { b: [1, { a: 1 }], a: [] }, b: [0, [1, 2], 'x'], '': { '0': 1, b: {} }, '~': { '/': 2 } },
    [{ a: [] }, [1, [2, 3]], 'x'],
  );

  it('does what a plain implementation does, or both refuse it', () => {
    let applied = 0;
    fc.assert(
      fc.property(document, fc.array(operation, { maxLength: 3 }), (before, operations) => {
        master.write(before);
        const { version } = master;
        let expected: unknown;
        try {
          expected = applyPatch(before, operations as JsonPatch);
        } catch {
          expect(codeOf(() => master.patch(operations as JsonPatch))).toMatch(/^ERR_PATCH|^ERR_PATH/);
          expect(master.version).toBe(version);
          expectSame(master.current, before);
          return;
        }
        master.patch(operations as JsonPatch);
        expectSame(master.current, expected);
        applied++;
      }),
      { numRuns: casesOf(3000) },
    );
    expect(applied).toBeGreaterThan(casesOf(300));
  });
});
