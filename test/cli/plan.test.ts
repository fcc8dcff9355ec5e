import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Follower, Master, regions } from '../../src/index.js';
import { dir, jsonmmap, startProgram } from './command.js';

const path = (name: string): string => join(dir, name);

beforeAll(() => {
  writeFileSync(path('shop.yaml'), 'limits: {rpm: 900}\nflags: {beta: true}\n');
  writeFileSync(path('local.json'), '{"limits":{"rpm":600},"flags":null}');
  writeFileSync(path('5'), '{"five":true}');
  writeFileSync(path('schema.json'), '{"properties":{"limits":{"properties":{"rpm":{"maximum":700}}}}}');
  const master = Master.open<object>('shop', { dir, initial: { limits: { rpm: 300 } }, history: 5 });
  master.set('/limits/rpm', 600);
  master.close();
});

const versionOf = (name: string): number | undefined =>
  regions({ dir }).find((region) => region.name === name)?.version;

describe('diff with files', () => {
  it('shows what publishing the file would change, from the newest or another version', async () => {
    expect(await jsonmmap(['diff', 'shop', path('shop.yaml')])).toEqual({
      code: 0,
      stdout: '  ~ /limits/rpm  600 → 900\n  + /flags  {"beta":true}\n',
      stderr: '',
    });
    expect((await jsonmmap(['diff', 'shop', '1', path('shop.yaml')])).stdout).toContain('300 → 900');
    expect(versionOf('shop')).toBe(2);
  });

  it('prints a patch that makes the one of the other, and reads standard input', async () => {
    const { stdout } = await jsonmmap(['diff', 'shop', '-', '--json'], { input: '{"limits":{"rpm":1},"x":[]}' });
    expect(JSON.parse(stdout)).toEqual([
      { op: 'replace', path: '/limits/rpm', value: 1 },
      { op: 'add', path: '/x', value: [] },
    ]);
  });

  it('merges several files, and says with --exit-code whether there are differences', async () => {
    const words = ['diff', 'shop', path('shop.yaml'), '--exit-code'];
    expect((await jsonmmap(words)).code).toBe(1);
    expect(await jsonmmap([...words, path('local.json')])).toEqual({
      code: 0,
      stdout: '',
      stderr: `version 2 of shop and ${path('shop.yaml')} + ${path('local.json')} do not differ\n`,
    });
    expect((await jsonmmap(['diff', 'shop', '--exit-code'])).code).toBe(1);
    expect((await jsonmmap(['diff', 'shop', '2', '2', '--exit-code'])).code).toBe(0);
  });

  it('takes digits for a version, and a path for a file', async () => {
    expect((await jsonmmap(['diff', 'shop', path('5'), '--json'])).stdout).toContain('"/five"');
    expect((await jsonmmap(['diff', 'shop', '5'])).stderr).toContain('version 5 of shop does not exist yet');
  });

  it.each([
    [['a.json', '1'], 'the version 1 comes after a file', './1'],
    [['1', '2', 'a.json'], 'files are compared with one version, not 2', './2'],
    [['1', '2', '3'], 'diff compares two versions, not 3', './3'],
    [['0'], '0 is not a version', './0'],
  ])('rejects %j', async (words, message, cure) => {
    const { code, stderr } = await jsonmmap(['diff', 'shop', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(cure);
  });
});

describe('publish', () => {
  it('merges several files', async () => {
    await jsonmmap(['publish', 'layers', path('shop.yaml'), path('local.json')]);
    const follower = Follower.open('layers', { dir });
    expect(follower.current).toEqual({ limits: { rpm: 600 } });
    follower.close();
  });

  it('--schema refuses a document before anything is made', async () => {
    const fresh = path('fresh');
    const words = ['publish', 'refused', path('shop.yaml'), '--schema', path('schema.json'), '--dir', fresh];
    const { code, stderr } = await jsonmmap(words);
    expect(code).toBe(6);
    expect(stderr).toContain('/limits/rpm: must be <= 700');
    expect(existsSync(fresh)).toBe(false);
    expect((await jsonmmap([...words, path('local.json')])).code).toBe(0);
  });

  it('--dry-run says what would change, and writes nothing, not even a region', async () => {
    const fresh = path('untouched');
    expect(await jsonmmap(['publish', 'new', path('shop.yaml'), '--dry-run', '--dir', fresh])).toEqual({
      code: 0,
      stdout: 'new  version 1  new; dry run: nothing was written\n',
      stderr: '',
    });
    expect(existsSync(fresh)).toBe(false);
    expect((await jsonmmap(['publish', 'shop', path('shop.yaml'), path('local.json'), '-n'])).stdout).toBe(
      'shop  version 2  unchanged; dry run: nothing was written\n',
    );
    const { stdout } = await jsonmmap(['publish', 'shop', '--dry-run', '--json'], { input: '{"limits":{"rpm":1}}' });
    expect(JSON.parse(stdout)).toEqual({
      name: 'shop',
      version: 3,
      previousVersion: 2,
      changed: true,
      byMaster: false,
      dryRun: true,
      patch: [{ op: 'replace', path: '/limits/rpm', value: 1 }],
    });
    expect(versionOf('shop')).toBe(2);
  });

  it('--dry-run ends as the publication would end', async () => {
    const dry = (name: string, ...words: string[]) =>
      jsonmmap(['publish', name, path('shop.yaml'), '--dry-run', ...words]);
    expect((await dry('shop', '--if-version', '1')).code).toBe(11);
    expect((await dry('shop', '--schema', path('schema.json'))).code).toBe(6);
    const program = await startProgram('cli-master.mjs', 'held', JSON.stringify({ dir, initial: {} }));
    const { code, stderr } = await dry('held');
    expect(code).toBe(4);
    expect(stderr).toContain(`a master that takes no requests: process ${program.pid}`);
    expect((await dry('held', '--wait', '1s')).code).toBe(0);
  });
});
