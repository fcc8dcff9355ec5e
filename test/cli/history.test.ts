/** The history of a region and of a value in it, and the way back to an older version. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Follower, Master } from '../../src/index.js';
import { dir, jsonmmap, startProgram } from './command.js';

function document(name: string): unknown {
  const follower = Follower.open(name, { dir });
  const { current } = follower;
  follower.close();
  return current;
}

/** Publishes one version for each document. */
function versions(name: string, ...documents: unknown[]): void {
  const master = Master.open(name, { dir, history: documents.length });
  for (const value of documents) master.write(value);
  master.close();
}

async function history(...args: (string | number)[]): Promise<{ version: number }[]> {
  const { stdout, stderr } = await jsonmmap(['history', ...args, '--json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('history', () => {
  beforeAll(() => {
    versions(
      'shop',
      { a: 1, b: [1] },
      { a: 1, b: [1, 2] },
      { b: [1, 2] },
      { a: { c: 'x\u001b[31m' }, b: [1, 2] },
      { a: 1 },
    );
  });

  it('of a region is its versions, as log lists them', async () => {
    const [listed, logged] = await Promise.all([jsonmmap(['history', 'shop']), jsonmmap(['log', 'shop'])]);
    expect(listed.stdout).toMatch(/^VERSION .*\n +5 .*\n +4 .*\n +3 .*\n +2 .*\n +1 .*first version\n$/);
    expect(logged.stdout.replace(/(just now|\d+ seconds? ago) */g, '')).toBe(
      listed.stdout.replace(/(just now|\d+ seconds? ago) */g, ''),
    );
  });

  it('of a value is the versions in which it changed, with what it was', async () => {
    expect(await history('shop', '/a')).toEqual([
      { version: 5, committedAt: expect.any(Number), exists: true, value: 1, oldest: false },
      { version: 4, committedAt: expect.any(Number), exists: true, value: { c: 'x\u001b[31m' }, oldest: false },
      { version: 3, committedAt: expect.any(Number), exists: false, oldest: false },
      { version: 1, committedAt: expect.any(Number), exists: true, value: 1, oldest: true },
    ]);
    expect((await history('shop', '/b/1')).map(({ version }) => version)).toEqual([5, 2]);
    expect((await history('shop', '')).map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
  });

  it('of a value is a table for people, which no value breaks', async () => {
    const { stdout, stderr } = await jsonmmap(['history', 'shop', '/a', '-n', 3]);
    expect(stdout).toMatch(/^VERSION +TIME +AGE +VALUE\n/);
    expect(stdout).toMatch(/ 5 .* 1\n +4 .* \{"c":"x\\u001b\[31m"\}\n +3 .* does not exist\n$/);
    expect(stderr).toBe('and 1 older change: --lines shows more\n');
  });

  it('says where older versions are not kept, and cuts long values', async () => {
    versions('long', { n: 0 }, { n: 1 });
    const master = Master.open('long', { dir, history: 2 });
    for (let n = 2; n < 200; n++) master.write({ filler: `${n}`.repeat(2000), text: 'x'.repeat(1000) });
    master.close();
    const { stdout, stderr } = await jsonmmap(['history', 'long', '/text']);
    expect(stdout).toMatch(/ "x{198}…\n$/);
    expect(stderr).toMatch(/^version \d+ is the oldest that is kept: the value may be older\n$/);
  });

  it('of what no version has is an error', async () => {
    const { code, stderr } = await jsonmmap(['history', 'shop', '/nothing']);
    expect(code).toBe(3);
    expect(stderr).toContain('/nothing does not exist in version 5 of shop');
    expect((await jsonmmap(['history', 'missing', '/a'])).code).toBe(3);
  });

  it('of a URL has no pointer, and the URL has a known scheme', async () => {
    expect((await jsonmmap(['history', 'nats://127.0.0.1:1/bucket/document', '/a'])).code).toBe(2);
    expect((await jsonmmap(['history', 'ftp://127.0.0.1/bucket/document'])).stderr).toContain('is not the URL');
  });
});

describe('revert', () => {
  it('makes the document what it was, as a new version', async () => {
    versions('whole', { a: 1 }, { a: 2, b: 3 });
    const { stdout } = await jsonmmap(['revert', 'whole', 1, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      name: 'whole',
      version: 3,
      previousVersion: 2,
      changed: true,
      byMaster: false,
      revertedTo: 1,
    });
    expect(document('whole')).toEqual({ a: 1 });
    expect((await jsonmmap(['revert', 'whole', 3])).stdout).toBe('whole  version 3  unchanged, as in version 3\n');
  });

  it('makes one value what it was, and deletes what did not exist', async () => {
    versions('value', { a: { b: 1 }, c: 1 }, { a: { b: 2, d: 2 }, c: 2 });
    expect((await jsonmmap(['revert', 'value', 1, '/a/b'])).stdout).toBe(
      'value  version 3  after 2, as in version 1\n',
    );
    await jsonmmap(['revert', 'value', 1, '/a/d']);
    expect(document('value')).toEqual({ a: { b: 1 }, c: 2 });
    await jsonmmap(['revert', 'value', 2, '/a/d']);
    expect(document('value')).toEqual({ a: { b: 1, d: 2 }, c: 2 });
    expect((await jsonmmap(['revert', 'value', 1, '/e'])).code).toBe(3);
  });

  it('is asked of the master that lives, and done at one version only', async () => {
    const options = JSON.stringify({ dir, initial: { n: 1 }, control: true, history: 10 });
    const master = await startProgram('cli-master.mjs', 'living', options);
    await jsonmmap(['set', 'living', '/n', 2]);
    expect(await jsonmmap(['revert', 'living', 1, '/n', '--if-version', 1])).toMatchObject({ code: 11, stdout: '' });
    expect(document('living')).toEqual({ n: 2 });
    const { stdout } = await jsonmmap(['revert', 'living', 1, '/n', '--if-version', 2]);
    expect(stdout).toBe('living  version 3  after 2, as in version 1, by its master\n');
    expect(document('living')).toEqual({ n: 1 });
    master.stdin?.end();
  });

  it('fails where the version is gone, or does not exist yet', async () => {
    const master = Master.open('gone', { dir });
    for (let n = 0; n < 500; n++) master.write({ filler: `${n}`.repeat(1000) }); // until a compaction leaves the first
    master.close();
    for (const version of [1, 1000]) {
      const { code, stderr } = await jsonmmap(['revert', 'gone', version, '--json']);
      expect(code).toBe(3);
      expect(JSON.parse(stderr).error.code).toBe('ERR_VERSION_GONE');
    }
  });
});
