import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merge } from '../../src/sources/merge.js';
import { loadFiles, parseDocument, readSourceFile } from './kit.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sources-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const named = (name: string) => ({ name, format: undefined });
const load = (...files: string[]) => loadFiles(files.map(named));
const source = (message: string) =>
  expect.objectContaining({ code: 'ERR_SOURCE', message: expect.stringContaining(message) });

describe('loadFiles', () => {
  it('merges later files into earlier ones, whatever their formats', async () => {
    const document = await load(
      file('defaults.yaml', 'port: 80\nflags: {a: true, b: true}\nlist: [1, 2]\n'),
      file('site.toml', 'port = 8080\n[flags]\nb = false\n'),
      file('local.json', '{"list": [3], "flags": {"a": null}}'),
    );
    expect(document).toEqual({ port: 8080, flags: { b: false }, list: [3] });
  });

  it.each([
    ['l.yaml', '# port: 1'],
    ['l.yaml', '---\n'],
    ['l.yaml', ''],
    ['l.toml', ''],
    ['l.toml', '# port = 1'],
    ['l.jsonc', '// {"port": 1}'],
    ['l.json5', '/* nothing */'],
  ])('takes %s that holds %j for a layer that changes nothing', async (name, text) => {
    const base = file('base.json', '{"port": 80}');
    expect(await load(base, file(name, text))).toEqual({ port: 80 });
    expect(await load(file(name, text), base)).toEqual({ port: 80 });
  });

  it.each([
    ['l.yaml', 'null', 'null'],
    ['l.yaml', '- 1', 'a list'],
    ['l.json', '"x"', 'a string'],
    ['l.json5', '1', 'a number'],
  ])('refuses a layer %s that holds %j', async (name, text, what) => {
    const base = file('base.json', '{"port": 80}');
    const layer = file(name, text);
    for (const files of [
      [base, layer],
      [layer, base],
    ])
      await expect(load(...files)).rejects.toThrow(source(`${layer} holds ${what}: files that are merged`));
  });

  it('refuses files of which none holds anything, and JSON that is empty', async () => {
    await expect(load(file('a.yaml', '# x'))).rejects.toThrow(source('a.yaml: it is empty'));
    await expect(load(file('a.yaml', ''), file('b.yaml', '---'))).rejects.toThrow(source('it is empty'));
    await expect(load(file('a.json', ' \n'), file('b.yaml', 'a: 1'))).rejects.toThrow(source('a.json: it is empty'));
    expect(await load(file('a.toml', ''))).toEqual({});
    expect(await load(file('a.json', 'null'))).toBeNull();
  });

  it('takes JSON of any depth, alone and as a layer', async () => {
    const levels = 30_000;
    const deep = (value: number) => `${'{"a":'.repeat(levels)}${value}${'}'.repeat(levels)}`;
    let value = await load(file('a.json', '{"a":{"a":{"b":1}}}'), file('b.json', deep(1)), file('c.json', deep(2)));
    expect((value as { a: { a: { b: number } } }).a.a.b).toBe(1);
    for (let level = 0; level < levels; level++) value = (value as { a: unknown }).a;
    expect(value).toBe(2);
  });

  it('refuses a cycle in one of several files', async () => {
    const cycle = file('cycle.yaml', 'b: 1\na: &a {x: *a}');
    await expect(load(file('base.json', '{}'), cycle)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SOURCE', line: 2, column: 11 }),
    );
  });

  it('says where and why what cannot be read', async () => {
    await expect(load(join(directory, 'missing'))).rejects.toThrow(source('there is no file'));
    mkdirSync(join(directory, 'folder'));
    await expect(load(join(directory, 'folder'))).rejects.toThrow(source('is a directory'));
    await expect(load('/dev/zero')).rejects.toThrow(source('/dev/zero is a device, not a file'));
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(load(pipe)).rejects.toThrow(source('pipe is a pipe'));
  });

  it('reads a pipe where that is allowed, though its writer comes later', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = readSourceFile(pipe, { pipes: true });
    await writeFile(pipe, '[1]');
    expect(Buffer.from(await reading).toString()).toBe('[1]');
  });

  it.each([
    [
      'a.json',
      Buffer.concat([Buffer.from('{\n"é": "'), Buffer.from([0xff, 0x22, 0x7d])]),
      'a.json:2:7: it is not UTF-8',
    ],
    ['a.yaml', Buffer.from('\ufeffa: 1', 'utf16le'), 'a.yaml: it is UTF-16: save it as UTF-8'],
    ['a.yaml', Buffer.from('a: 1\r\nb: \0'), 'a.yaml:2:4: it holds a zero byte'],
    ['a.json5', Buffer.from('{a: "\0"}'), 'a.json5:1:6: it holds a zero byte'],
  ])('refuses bytes of %s that are no text', async (name, bytes, message) => {
    await expect(load(file(name, bytes))).rejects.toThrow(source(message));
  });

  it.each([
    ['a.json', '{"a":1,\r\n"b":[1,"x"]}'],
    ['a.jsonc', '{"a":1, // x\r\n"b":[1,"x",]}'],
    ['a.json5', "{a:1,\r\nb:[1,'x']}"],
    ['a.yaml', 'a: 1\r\nb:\r\n- 1\r\n- x\r\n'],
    ['a.toml', 'a = 1\r\nb = [1, "x"]\r\n'],
  ])('reads %s with a byte order mark and with lines of Windows', async (name, text) => {
    expect(await load(file(name, `\ufeff${text}`))).toEqual({ a: 1, b: [1, 'x'] });
  });
});

describe('limits', () => {
  const yaml = `${Array.from({ length: 20_000 }, (_, i) => `key${i}: [a, b]`).join('\n')}\n`;

  it('ends a parser at its time, and says how to allow more', async () => {
    await expect(parseDocument(yaml, { format: 'yaml', file: 'a.yaml', timeoutMs: 10 })).rejects.toThrow(
      source('a.yaml: parsing it took longer than 0.01 s: make it smaller, or allow more with --parse-timeout'),
    );
  });

  it('ends a parser at its memory, and says how to allow more', async () => {
    const text = yaml.repeat(5).replaceAll(/key/g, () => `k${Math.random()}`);
    await expect(parseDocument(text, { format: 'yaml', file: 'a.yaml', memoryMb: 16 })).rejects.toThrow(
      source('a.yaml: parsing it took more than 16 MiB of memory'),
    );
  });

  it('are coded where no thread may be started', () => {
    const parse = new URL('../../lib/sources/parse.js', import.meta.url).href;
    const program = `import { parseDocument } from ${JSON.stringify(parse)};
      await parseDocument('a: 1', { format: 'yaml', file: 'a.yaml' }).catch(({ code, message }) => console.log(code, message));`;
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const args = [permission, '--allow-fs-read=*', '--input-type=module', '--eval', program];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(printed).toMatch(/^ERR_SOURCE a\.yaml: .*--allow-worker$/m);
  });

  it('hold for JSON that is long, in which faults are found as in that which is short', async () => {
    const long = (text: string) => `{"long": "${'x'.repeat(2 ** 20)}",\n${text}}`;
    const parse = (text: string, timeoutMs?: number) =>
      parseDocument(long(text), { format: 'json', file: 'a.json', timeoutMs });
    expect(Object.keys((await parse('"a": 1')) as object)).toEqual(['long', 'a']);
    await expect(parse('"a": 1, "a": 2')).rejects.toThrow(source('a.json:2:9: the key "a" appears twice'));
    await expect(parse('"a": tru')).rejects.toThrow(
      source('a.json:2:6: unexpected tru: keys and strings must be in double quotes'),
    );
    await expect(parse('"a": 1', 1)).rejects.toThrow(source('took longer than'));
  });
});

it.each([
  ['json', '{\n  "a": tru\n}', 'file.json:2:8: unexpected tru: keys and strings must be in double quotes'],
  ['json', '{"a": 1}}', 'file.json:1:9: there is more after the end of the value'],
  [
    'json',
    `${'['.repeat(20_000)}1${']'.repeat(20_001)}`,
    'file.json: it is not JSON, and nested too deeply to say where',
  ],
  ['jsonc', '{"a" 1}', 'file.jsonc:1:6: colon expected'],
  ['json5', '{a:\n}', "file.json5:2:1: invalid character '}'"],
  ['yaml', 'a: b: c', 'file.yaml:1:4: Nested mappings'],
  ['toml', 'a = 1\nb = ', 'file.toml:2:'],
  ['toml', `a = ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'file.toml'],
] as const)('says where and why %s %j cannot be read', async (format, text, message) => {
  await expect(parseDocument(text, { format, file: `file.${format}` })).rejects.toThrow(source(message));
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
  [
    JSON.parse('{"__proto__": {"a": 1}}'),
    JSON.parse('{"__proto__": {"b": 2}}'),
    JSON.parse('{"__proto__": {"a": 1, "b": 2}}'),
  ],
])('merges %j with %j', (target, patch, result) => {
  expect(JSON.stringify(merge(target, patch))).toBe(JSON.stringify(result));
});
