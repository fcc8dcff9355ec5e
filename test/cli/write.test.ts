import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, Follower, Master } from '../../src/index.js';
import { noDisk } from '../unit/region/kit.js';
import { dir, jsonmmap, outcome, start, startProgram, until } from './command.js';

function document(name: string): unknown {
  const follower = Follower.open(name, { dir });
  const { current } = follower;
  follower.close();
  return current;
}

async function publish(name: string, value: unknown, ...options: string[]): Promise<void> {
  const { code, stderr } = await jsonmmap(['publish', name, ...options], { input: JSON.stringify(value) });
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

describe('publish', () => {
  it('creates a region from standard input, and says so', async () => {
    const result = await jsonmmap(['publish', 'created'], { input: '{"a":1}' });
    expect(result).toEqual({ code: 0, stdout: 'created  version 1  new\n', stderr: '' });
    expect(document('created')).toEqual({ a: 1 });
  });

  it('writes only what differs, and nothing when nothing does', async () => {
    await publish('again', { a: 1, b: [1, 2] });
    await publish('again', { a: 2, b: [1, 2] });
    const { stdout } = await jsonmmap(['publish', 'again', '--json'], { input: '{"a":2,"b":[1,2]}' });
    expect(JSON.parse(stdout)).toEqual({
      name: 'again',
      version: 2,
      previousVersion: 2,
      changed: false,
      byMaster: false,
    });
  });

  it.each([
    ['config.json', '{"a":{"b":[1,null]}}'],
    ['config.jsonc', '{"a":{"b":[1,null],},} // a comment'],
    ['config.json5', '{a:{b:[1,null]}}'],
    ['config.yaml', 'a:\n  b: [1, null]\n'],
    ['config.yml', 'a:\n  b:\n    - 1\n    - null\n'],
  ])('reads %s by its extension', async (file, text) => {
    const path = join(dir, file);
    writeFileSync(path, text);
    expect((await jsonmmap(['publish', `from-${file}`, path])).code).toBe(0);
    expect(document(`from-${file}`)).toEqual({ a: { b: [1, null] } });
  });

  it('reads the format that it is told', async () => {
    expect((await jsonmmap(['publish', 'toml', '-', '--format', 'toml'], { input: 'a = [1, 2]' })).code).toBe(0);
    expect(document('toml')).toEqual({ a: [1, 2] });
  });

  it('gives the files their mode, and keeps as many versions as it is told, also through later writes', async () => {
    await publish('settings', { n: 0 }, '--mode', '644', '--history', '7');
    expect(statSync(join(dir, 'settings.ctl')).mode & 0o777).toBe(0o644);
    await jsonmmap(['set', 'settings', '/n', '1']);
    const { stdout } = await jsonmmap(['stat', 'settings', '--json']);
    expect(JSON.parse(stdout).history).toEqual({ kept: 7, oldest: 1, newest: 2 });
  });

  it.skipIf(noDisk)(`makes a region survive power loss, also through later writes${noDisk}`, async () => {
    await publish('lasting', { n: 0 }, '--durability', 'disk');
    await jsonmmap(['set', 'lasting', '/n', '1']);
    const master = Master.open('lasting', { dir });
    expect(await master.durable()).toBe(2);
    master.close();
    expect((await jsonmmap(['publish', 'lasting', '--durability', 'paper'], { input: '1' })).code).not.toBe(0);
  });
});

describe('set, delete, patch, merge', () => {
  it('set takes JSON, text, and standard input', async () => {
    await publish('set', {});
    await jsonmmap(['set', 'set', '/deep/number', '-5']);
    await jsonmmap(['set', 'set', '/text', 'no JSON', '--string']);
    await jsonmmap(['set', 'set', '/piped', '-'], { input: '[true]' });
    expect(document('set')).toEqual({ deep: { number: -5 }, text: 'no JSON', piped: [true] });
  });

  it('set appends to an array with -', async () => {
    await publish('append', { list: [1] });
    await jsonmmap(['set', 'append', '/list/-', '2']);
    expect(document('append')).toEqual({ list: [1, 2] });
  });

  it('delete takes one place away', async () => {
    await publish('delete', { a: 1, b: 2 });
    expect((await jsonmmap(['delete', 'delete', '/a'])).stdout).toBe('delete  version 2  after 1\n');
    expect(document('delete')).toEqual({ b: 2 });
  });

  it('patch applies all operations as one version', async () => {
    await publish('patch', { a: 1 });
    const patch = [
      { op: 'test', path: '/a', value: 1 },
      { op: 'add', path: '/b', value: [] },
      { op: 'add', path: '/b/-', value: 'x' },
    ];
    const { stdout } = await jsonmmap(['patch', 'patch', '--json'], { input: JSON.stringify(patch) });
    expect(JSON.parse(stdout)).toEqual({
      name: 'patch',
      version: 2,
      previousVersion: 1,
      changed: true,
      byMaster: false,
    });
    expect(document('patch')).toEqual({ a: 1, b: ['x'] });
  });

  it('merge merges objects and deletes what is null', async () => {
    await publish('merge', { a: { b: 1, c: 2 }, d: 3 });
    await jsonmmap(['merge', 'merge'], { input: '{"a":{"b":null,"e":4}}' });
    expect(document('merge')).toEqual({ a: { c: 2, e: 4 }, d: 3 });
  });

  it('leaves a sound region behind, without a master', async () => {
    await publish('sound', { a: 1 });
    await jsonmmap(['set', 'sound', '/b', '2']);
    expect(check('sound', { dir }).problems).toEqual([]);
    const master = Master.open('sound', { dir });
    expect(master.version).toBe(2);
    master.close();
  });
});

describe('--if-version', () => {
  const words = (name: string): [string, string[], string][] => [
    ['set', [name, '/n', '1'], ''],
    ['delete', [name, '/n'], ''],
    ['merge', [name], '{"n":1}'],
    ['patch', [name], '[{"op":"replace","path":"/n","value":1}]'],
    ['publish', [name], '{"n":1}'],
  ];

  it.each(words('conditional'))('%s is done at that version only', async (verb, args, input) => {
    await publish('conditional', { n: { of: verb } });
    const { version } = JSON.parse((await jsonmmap(['stat', 'conditional', '--json'])).stdout);
    for (const other of [0, version - 1, version + 1]) {
      const refused = await jsonmmap([verb, ...args, '--if-version', other, '--json'], { input });
      expect(refused).toMatchObject({ code: 11, stdout: '' });
      expect(JSON.parse(refused.stderr).error).toMatchObject({ code: 'ERR_CONFLICT', version, expected: other });
    }
    expect(document('conditional')).toEqual({ n: { of: verb } });
    const done = await jsonmmap([verb, ...args, '--if-version', version, '--json'], { input });
    expect(JSON.parse(done.stdout)).toMatchObject({ version: version + 1, previousVersion: version });
  });

  it('0 creates a region, and never replaces a document; another version creates none', async () => {
    const first = await jsonmmap(['publish', 'only-new', '--if-version', '5'], { input: '1' });
    expect(first.code).toBe(11);
    expect(first.stderr).toContain('the region has no document, and version 5 was expected');
    expect((await jsonmmap(['ls', '--json'])).stdout).not.toContain('only-new');
    expect((await jsonmmap(['publish', 'only-new', '--if-version', '0'], { input: '1' })).stdout).toContain('new');
    const again = await jsonmmap(['publish', 'only-new', '--if-version', '0'], { input: '2' });
    expect(again.code).toBe(11);
    expect(again.stderr).toContain('version 1 is the newest, and a region without a document was expected');
    expect(document('only-new')).toBe(1);
  });

  it('is for the master that lives to compare', async () => {
    const options = JSON.stringify({ dir, initial: { n: 0 }, control: true });
    const master = await startProgram('cli-master.mjs', 'compared', options);
    expect((await jsonmmap(['set', 'compared', '/n', '1', '--if-version', '1'])).stdout).toContain('by its master');
    expect((await jsonmmap(['set', 'compared', '/n', '2', '--if-version', '1'])).code).toBe(11);
    expect(document('compared')).toEqual({ n: 1 });
    master.stdin?.end();
  });
});

describe('a region whose master lives', () => {
  it('is left alone: the message names the master and what to do', async () => {
    const master = await startProgram('cli-master.mjs', 'held', JSON.stringify({ dir, initial: { a: 1 } }));
    const { code, stdout, stderr } = await jsonmmap(['set', 'held', '/a', '2']);
    expect(code).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toContain(`the region held has a master that takes no requests: process ${master.pid}, `);
    expect(stderr).toMatch(/process \d+, \S*node/);
    expect(stderr).toContain('--wait <time>');
    expect(document('held')).toEqual({ a: 1 });
    master.stdin?.end();
  });

  it('is waited for with --wait, at most so long', async () => {
    const master = await startProgram('cli-master.mjs', 'awaited', JSON.stringify({ dir, initial: { a: 1 } }));
    const impatient = await jsonmmap(['set', 'awaited', '/a', '2', '--wait', '50']);
    expect(impatient.code).toBe(4);
    expect(impatient.stderr).toContain('awaited still has a master');
    const patient = outcome(start(['set', 'awaited', '/a', '3', '--wait', '30000']));
    master.stdin?.end();
    expect(await patient).toEqual({ code: 0, stdout: 'awaited  version 2  after 1\n', stderr: '' });
  });

  it('is not removed but with --force', async () => {
    const master = await startProgram('cli-master.mjs', 'kept', JSON.stringify({ dir, initial: {} }));
    const refused = await jsonmmap(['rm', 'kept']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('--force');
    expect(document('kept')).toEqual({});
    expect(await jsonmmap(['rm', 'kept', '--force'])).toEqual({ code: 0, stdout: '', stderr: 'removed kept\n' });
    expect((await jsonmmap(['get', 'kept'])).code).toBe(3);
    master.kill();
  });
});

describe('a region whose master takes requests', () => {
  it('is written by its master, under its schema and its settings', async () => {
    const master = await startProgram(
      'cli-master.mjs',
      'asked',
      JSON.stringify({ dir, initial: { n: 0 }, control: true }),
    );
    const { code, stdout } = await jsonmmap(['set', 'asked', '/n', '1']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'asked  version 2  after 1, by its master\n' });
    await jsonmmap(['merge', 'asked'], { input: '{"m":1}' });
    await jsonmmap(['patch', 'asked'], { input: '[{"op":"move","from":"/m","path":"/k"}]' });
    await jsonmmap(['delete', 'asked', '/n']);
    expect(document('asked')).toEqual({ k: 1 });
    const published = await jsonmmap(['publish', 'asked', '--mode', '644', '--json'], { input: '[1]' });
    expect(JSON.parse(published.stdout)).toMatchObject({ version: 6, changed: true, byMaster: true });
    expect(published.stderr).toContain('keeps its own mode');
    expect(statSync(join(dir, 'asked.ctl')).mode & 0o777).toBe(0o600);
    master.stdin?.end();
  });

  it('tells why its master refused', async () => {
    const options = { dir, initial: { n: 0 }, control: true, onlyNumbers: true };
    const master = await startProgram('cli-master.mjs', 'strict', JSON.stringify(options));
    const refused = await jsonmmap(['set', 'strict', '/n', 'text', '--string']);
    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect(refused.stderr).toContain('n must be a number');
    const missing = await jsonmmap(['delete', 'strict', '/zz']);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(document('strict')).toEqual({ n: 0 });
    master.stdin?.end();
  });
});

describe('a master that takes requests', () => {
  it('outlives a schema that throws, and the shell says what it threw', async () => {
    const options = { dir, initial: { n: 0 }, control: true, poisoned: true };
    const master = await startProgram('cli-master.mjs', 'poisoned', JSON.stringify(options));
    const failed = await jsonmmap(['set', 'poisoned', '/poison', 'true', '--json']);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(failed.stderr).error).toMatchObject({ code: 'ERR_REQUEST' });
    expect(failed.stderr).toContain('Error: the schema is broken');
    expect((await jsonmmap(['set', 'poisoned', '/n', '1'])).stdout).toContain('by its master');
    expect(document('poisoned')).toEqual({ n: 1 });
    master.stdin?.end();
  });

  it('and is stopped is waited for no longer than --timeout says; whether the write is done stays open', async () => {
    const options = { dir, initial: { n: 0 }, control: true };
    const master = await startProgram('cli-master.mjs', 'stopped', JSON.stringify(options));
    master.kill('SIGSTOP');
    const { code, stdout, stderr } = await jsonmmap(['set', 'stopped', '/n', '1', '--timeout', '300']);
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
    expect(stderr).toContain(`the master of stopped (process ${master.pid}) does not answer within 300 ms`);
    expect(stderr).toContain('Whether the write is done, or will be, is not known');
    expect(stderr).toContain(`kill -CONT ${master.pid}`);
    expect(stderr).toContain('--timeout <time>');
    master.kill('SIGCONT');
    await until(() => JSON.stringify(document('stopped')) === '{"n":1}'); // it was
    const refused = await jsonmmap(['set', 'stopped', '/n', '2', '--timeout', '0']);
    expect(refused.code).toBe(2);
    master.stdin?.end();
  });
});

describe('rm', () => {
  it('removes several regions, goes on after a failure, and tells it', async () => {
    await publish('one', 1);
    await publish('two', 2);
    const { code, stdout, stderr } = await jsonmmap(['rm', 'one', 'none', 'two', 'neither', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual({ removed: ['one', 'two'] });
    const errors = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).error);
    expect(errors).toMatchObject([
      { code: 'ERR_REGION_NOT_FOUND', message: expect.stringContaining('region none '), exitCode: 3 },
      { code: 'ERR_REGION_NOT_FOUND', message: expect.stringContaining('region neither '), exitCode: 3 },
    ]);
    expect(() => document('two')).toThrow('the region two does not exist');
  });
});
