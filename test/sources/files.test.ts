import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFiles } from '../../src/sources/files.js';
import { loadJsonSchema } from '../../src/sources/json-schema.js';
import { merged } from '../../src/sources/merge.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sources-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const named = (name: string) => ({ name, format: undefined });

describe('loadFiles', () => {
  it('merges later files into earlier ones, whatever their formats', async () => {
    const files = [
      file('defaults.yaml', 'port: 80\nflags: {a: true, b: true}\nlist: [1, 2]\n'),
      file('site.toml', 'port = 8080\n[flags]\nb = false\n'),
      file('local.json', '{"list": [3], "flags": {"a": null}}'),
    ];
    expect(await loadFiles(files.map(named))).toEqual({ port: 8080, flags: { b: false }, list: [3] });
  });

  it.each([
    ['missing', 'there is no file'],
    ['folder', 'is a directory'],
  ])('says what is wrong with a path: %s', async (name, message) => {
    mkdirSync(join(directory, 'folder'));
    await expect(loadFiles([named(join(directory, name))])).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SOURCE', message: expect.stringContaining(message) }),
    );
  });
});

// The examples of RFC 7396, appendix A.
it.each([
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
])('merges %j with %j', (target, patch, result) => {
  expect(merged(target, patch)).toEqual(result);
});

describe('loadJsonSchema', () => {
  it.each([undefined, 'https://json-schema.org/draft/2020-12/schema', 'https://json-schema.org/draft/2019-09/schema'])(
    'validates with dialect %s and says where what does not pass stands',
    (dialect) => {
      const path = file(
        'schema.json',
        JSON.stringify({
          $schema: dialect,
          type: 'object',
          properties: { port: { type: 'integer' } },
          required: ['port'],
        }),
      );
      const { validate } = loadJsonSchema(path)['~standard'];
      expect(validate({ port: 1 })).toEqual({ value: { port: 1 } });
      expect(validate({ port: 'x' })).toEqual({ issues: [{ message: 'must be integer', path: ['port'] }] });
    },
  );

  it('refuses a file that is no schema', () => {
    expect(() => loadJsonSchema(file('schema.json', '{"type": "nonsense"}'))).toThrow('is no JSON Schema');
  });
});
