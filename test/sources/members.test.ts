/** Optional files, and the files of directories. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesOf, namedBy } from '../../src/sources/members.js';
import { CLI } from '../run/running.js';
import { loadFiles } from './kit.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'members-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);
const save = (name: string, value: unknown): void => writeFileSync(at(name), JSON.stringify(value));
/** Loads what words of the command line name, relative to the directory. */
const load = (...words: string[]): Promise<unknown> =>
  loadFiles(
    words.map((word) => ({ ...namedBy(word.replace(/^\??/, (mark) => `${mark}${directory}/`)), format: undefined })),
  );
const source = (message: string) =>
  expect.objectContaining({ code: 'ERR_SOURCE', message: expect.stringContaining(message) });

describe('a file that may be missing', () => {
  it('counts while it is there', async () => {
    save('base.json', { a: 1 });
    expect(await load('base.json', '?local.json')).toEqual({ a: 1 });
    expect(await load('base.json', '?no/such/directory/local.json')).toEqual({ a: 1 });
    save('local.json', { a: 2 });
    expect(await load('base.json', '?local.json')).toEqual({ a: 2 });
    expect(await load('?local.json')).toEqual({ a: 2 });
  });

  it('is refused for everything else that is wrong with it', async () => {
    save('base.json', {});
    writeFileSync(at('local.json'), '{"a":');
    await expect(load('base.json', '?local.json')).rejects.toEqual(source('local.json:1:6'));
    rmSync(at('local.json'));
    symlinkSync('nowhere.json', at('local.json'));
    await expect(load('base.json', '?local.json')).rejects.toEqual(source('there is no file'));
    rmSync(at('local.json'));
    mkdirSync(at('local.json'));
    await expect(load('base.json', '?local.json')).rejects.toEqual(source('is a directory'));
  });

  it('leaves no document where all are missing', async () => {
    await expect(load('?a.json', '?b.json')).rejects.toEqual(source('at least one must be there'));
    await expect(load('a.json', '?b.json')).rejects.toEqual(source('there is no file'));
  });

  it.each([
    ['?a.json', 'a.json', true],
    ['./?a.json', './?a.json', false],
    ['?', '?', false],
    ['?conf.d/', 'conf.d/', true],
  ])('is what %j names', (word, name, isOptional) => {
    expect(namedBy(word)).toEqual({ name, isOptional });
  });
});

describe('a directory', () => {
  it('is its files, in the order of their names', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/20-site.json', { port: 2, site: true });
    save('conf.d/10-base.json', { port: 1, base: true });
    writeFileSync(at('conf.d/30-last.toml'), 'port = 3\n');
    expect(await load('conf.d/')).toEqual({ port: 3, base: true, site: true });
    save('before.json', { port: 0, before: true });
    save('behind.json', { port: 4 });
    expect(await load('before.json', 'conf.d/', 'behind.json')).toEqual({
      port: 4,
      before: true,
      base: true,
      site: true,
    });
  });

  it('leaves out what is hidden, copied by editors, or of no known format', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', { a: 1 });
    for (const name of [
      '.a.json.swp',
      '.b.json',
      'a.json~',
      '#a.json#',
      'a.json.bak',
      'README',
      'a.txt',
      'a.json.dpkg-old',
    ]) {
      writeFileSync(at(`conf.d/${name}`), 'no document');
    }
    expect(await load('conf.d/')).toEqual({ a: 1 });
  });

  it('holds objects, even where it has one file', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', [1]);
    await expect(load('conf.d/')).rejects.toEqual(source('must each hold an object'));
  });

  it('may be empty beside others, and missing where that is said', async () => {
    save('base.json', { a: 1 });
    mkdirSync(at('conf.d'));
    expect(await load('base.json', 'conf.d/', '?other.d/')).toEqual({ a: 1 });
    await expect(load('conf.d/')).rejects.toEqual(source('at least one must be there'));
    await expect(load('base.json', 'other.d/')).rejects.toEqual(source('there is no directory'));
    await expect(load('base.json', 'base.json/')).rejects.toEqual(source('is no directory: leave the slash out'));
    await expect(load('base.json', '?base.json/')).rejects.toEqual(source('is no directory: leave the slash out'));
    await expect(load('conf.d')).rejects.toEqual(source('end it with / for all files in it'));
  });

  it('is refused for what is in it under the name of a document and is none', async () => {
    mkdirSync(at('conf.d/a.json'), { recursive: true });
    await expect(load('conf.d/')).rejects.toEqual(source('is a directory'));
    rmSync(at('conf.d/a.json'), { recursive: true });
    symlinkSync('a.json', at('conf.d/a.json')); // to itself
    await expect(load('conf.d/')).rejects.toEqual(source('ELOOP'));
    rmSync(at('conf.d/a.json'));
    symlinkSync('nowhere.json', at('conf.d/a.json'));
    await expect(load('conf.d/')).rejects.toEqual(source('there is no file'));
  });

  it('has at most a thousand files', async () => {
    mkdirSync(at('conf.d'));
    for (let i = 0; i < 1001; i++) writeFileSync(at(`conf.d/${i}.json`), '{}');
    await expect(load('conf.d/')).rejects.toEqual(source('1001 files, of which at most 1000'));
    rmSync(at('conf.d/7.json'));
    expect(await load('conf.d/')).toEqual({});
  });

  it('has files that may be deleted before they are read', async () => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', { a: 1 });
    expect(await filesOf({ name: at('conf.d/'), isOptional: false })).toEqual([
      { name: at('conf.d/a.json'), isOptional: true },
    ]);
  });
});

describe('a directory of many files', () => {
  it('takes four threads for files of a format that is parsed in one', async () => {
    mkdirSync(at('conf.d'));
    for (let i = 0; i < 40; i++) writeFileSync(at(`conf.d/${i}.yaml`), `k${i}: ${i}\n`);
    const threads: Worker[] = [];
    const seen = (worker: Worker): void => void threads.push(worker);
    process.on('worker', seen);
    try {
      expect(Object.keys((await load('conf.d/')) as object)).toHaveLength(40);
    } finally {
      process.off('worker', seen);
    }
    expect(threads).toHaveLength(4);
  });

  it('goes on where one of them cannot be parsed', async () => {
    mkdirSync(at('conf.d'));
    for (let i = 10; i < 30; i++) writeFileSync(at(`conf.d/${i}.yaml`), i === 12 ? 'a: [' : `k: ${i}\n`);
    await expect(load('conf.d/')).rejects.toEqual(source('12.yaml:1:'));
    rmSync(at('conf.d/12.yaml'));
    expect(await load('conf.d/')).toEqual({ k: 29 });
  });

  it('needs few open files', async () => {
    mkdirSync(at('conf.d'));
    for (let i = 0; i < 400; i++) writeFileSync(at(`conf.d/${i}.json`), `{"k${i}":${i}}`);
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      'ulimit -n 200; exec "$@"',
      'sh',
      process.execPath,
      CLI,
      'validate',
      at('conf.d/'),
    ]);
    expect(stdout).toContain('valid');
  });

  it('is refused for a name that is not UTF-8', async ({ skip }) => {
    mkdirSync(at('conf.d'));
    save('conf.d/a.json', {});
    try {
      writeFileSync(Buffer.concat([Buffer.from(at('conf.d/')), Buffer.from([0xff]), Buffer.from('.json')]), '{}');
    } catch {
      skip('the file system takes only names that are UTF-8');
    }
    await expect(load('conf.d/')).rejects.toEqual(source('is not UTF-8'));
  });

  it('is not waited for where one is a pipe', async () => {
    mkdirSync(at('conf.d'));
    execFileSync('mkfifo', [at('conf.d/a.json')]);
    const ended = promisify(execFile)(process.execPath, [CLI, 'validate', at('conf.d/')]);
    await expect(ended).rejects.toEqual(expect.objectContaining({ stderr: expect.stringContaining('is a pipe') }));
  });
});
