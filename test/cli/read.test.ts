import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Master } from '../../src/index.js';
import { until } from '../unit/master/kit.js';
import { dir, jsonmmap, startProgram } from './command.js';

const users = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`user ${i}`, { id: i, tags: ['a', 'b/c'] }]));
/** Nested beyond the machine's stack. */
const deep = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
const document = { flags: { beta: true, 'a/b': null }, text: 'zwölf\n\u009b', users, list: [[], {}, [1.5, -0.5]] };

beforeAll(() => {
  const master = Master.open('doc', { dir, initial: document, history: 5 });
  master.set('/flags/beta', false);
  master.transaction(() => {
    master.set('/added', [1]);
    master.delete('/text');
  });
  master.close();
});

async function out(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await jsonmmap(args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

describe('get', () => {
  it('prints the document as JSON, indented, compact or for machines', async () => {
    const { text, ...newest } = { ...document, flags: { ...document.flags, beta: false }, added: [1] };
    expect(await out('get', 'doc')).toBe(`${JSON.stringify(newest, null, 2)}\n`);
    const compact = `${JSON.stringify(newest)}\n`;
    expect(await out('get', 'doc', '--compact')).toBe(compact);
    expect(await out('get', 'doc', '--json')).toBe(compact);
  });

  it('prints what stands at a pointer, also as it was', async () => {
    expect(await out('get', 'doc', '/flags/beta')).toBe('false\n');
    expect(await out('get', 'doc', '/flags/beta', '--at', '1')).toBe('true\n');
    expect(await out('get', 'doc', '/flags/a~1b')).toBe('null\n');
    expect(await out('get', 'doc', '/list/2/0')).toBe('1.5\n');
  });

  it('prints strings raw on demand, keys and indexes', async () => {
    expect(await out('get', 'doc', '/users/user 7/tags/1')).toBe('"b/c"\n');
    expect(await out('get', 'doc', '/users/user 7/tags/1', '--raw')).toBe('b/c\n');
    expect(await out('get', 'doc', '/flags', '--keys')).toBe('beta\na/b\n');
    expect(await out('get', 'doc', '/list', '--keys', '--json')).toBe('["0","1","2"]\n');
    expect(await out('get', 'doc', '/list/1', '--keys')).toBe('');
  });
});

describe('log and diff', () => {
  it('log lists versions, newest first', async () => {
    const lines = (await out('log', 'doc')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^VERSION +TIME +AGE +ADDED +CHANGES$/);
    expect(lines[1]).toMatch(/^ +3 .* (add|remove) \/\w+, and 1 more$/);
    expect(lines[2]).toMatch(/^ +2 .* replace \/flags\/beta$/);
    expect(lines[3]).toMatch(/^ +1 .* KiB +first version$/);
    const entries = JSON.parse(await out('log', 'doc', '--json', '--lines', '2'));
    expect(entries).toEqual([
      { version: 3, committedAt: expect.any(Number), addedBytes: expect.any(Number), operations: 2 },
      { version: 2, committedAt: expect.any(Number), addedBytes: expect.any(Number), operations: 1 },
    ]);
  });

  it('diff shows a line for each change, with what stood there before', async () => {
    expect(await out('diff', 'doc', '1', '2')).toBe('  ~ /flags/beta  true → false\n');
    expect((await out('diff', 'doc')).split('\n').sort()).toEqual([
      '',
      '  + /added  [1]',
      '  - /text  "zwölf\\n\\u009b"',
    ]);
    expect(await out('diff', 'doc', '1', '2', '--json')).toBe(
      '[{"op":"replace","path":"/flags/beta","value":false}]\n',
    );
    expect(await jsonmmap(['diff', 'doc', '2', '2'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'versions 2 and 2 do not differ\n',
    });
  });

  it('diff goes backwards too', async () => {
    expect(await out('diff', 'doc', '2', '1')).toBe('  ~ /flags/beta  false → true\n');
  });
});

describe('ls, stat, check', () => {
  it('ls shows a row for each region, and names alone', async () => {
    const lines = (await out('ls')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^NAME +VERSION +AGE +SIZE +MASTER$/);
    expect(lines[1]).toMatch(/^doc +3 +.+ KiB +none$/);
    expect(await out('ls', '--names')).toBe('doc\n');
    expect(JSON.parse(await out('ls', '--json'))).toMatchObject([{ name: 'doc', version: 3, masterAlive: false }]);
  });

  it('ls says where it found nothing', async () => {
    const empty = join(dir, 'empty');
    writeFileSync(join(dir, 'file'), '');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(empty);
    expect(await jsonmmap(['ls', '--dir', empty])).toEqual({ code: 0, stdout: '', stderr: `no regions in ${empty}\n` });
    expect((await jsonmmap(['ls', '--dir', empty, '--json'])).stdout).toBe('[]\n');
  });

  it('stat finds master and followers on this machine, and the versions that they map', async () => {
    const master = await startProgram('cli-master.mjs', 'busy', JSON.stringify({ dir, initial: { a: [1, 2] } }));
    const followers = await Promise.all([1, 2].map(() => startProgram('cli-follower.mjs', 'busy', dir)));
    const stat = JSON.parse(await out('stat', 'busy', '--json'));
    expect(stat).toMatchObject({
      name: 'busy',
      version: 1,
      master: { pid: master.pid, alive: true, command: expect.stringContaining('cli-master.mjs') },
      document: { kind: 'object', entries: 1 },
      problems: 0,
    });
    expect(stat.bytes.total).toBe(stat.bytes.live + stat.bytes.garbage + stat.bytes.spare);
    const found = stat.followers.processes.map(({ pid, versions }: { pid: number; versions: number[] }) => ({
      pid,
      versions,
    }));
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(followers.map(({ pid }) => ({ pid, versions: [1, 1] }))));
    const shown = await out('stat', 'busy');
    expect(shown).toContain(`process ${master.pid}, `);
    for (const { pid } of followers)
      expect(shown).toMatch(new RegExp(`^ +${pid} +\\d+ +version 1 +.*cli-follower.mjs busy`, 'm'));
    for (const child of [master, ...followers]) child.stdin?.end();
  });

  it('stat shows who keeps old segments, and how much they take', async () => {
    const fill = (text: string) => ({
      fill: Array.from({ length: 5000 }, (_, i) => `line ${i} of the ${text}, and of no other`),
    });
    const master = Master.open('held', { dir, initial: fill('first') });
    const [holder, other] = [
      await startProgram('cli-follower.mjs', 'held', dir, 'hold'),
      await startProgram('cli-follower.mjs', 'held', dir),
    ];
    const old = statSync(join(dir, 'held.1.seg'));
    master.write(fill('second'));
    await until('the other to move on', async () => {
      const { followers } = JSON.parse(await out('stat', 'held', '--json'));
      const mapped = (of: { pid?: number | undefined }) =>
        followers.processes.find(({ pid }: { pid: number }) => pid === of.pid).mapped;
      if (mapped(other).length !== 1 || mapped(other)[0].segment !== 2 || mapped(holder).length !== 2) return false;
      expect(mapped(other)).toMatchObject([{ segment: 2, deleted: false }]);
      expect(mapped(holder)).toMatchObject([
        { segment: 1, deleted: true },
        { segment: 2, deleted: false },
      ]);
      expect(mapped(holder)[0].bytes).toBeGreaterThanOrEqual(old.size);
      return true;
    });
    const shown = await out('stat', 'held');
    expect(shown).toMatch(new RegExp(`^ +${holder.pid} .*; holds 1 old segment, `, 'm'));
    expect(shown).not.toMatch(new RegExp(`^ +${other.pid} .*holds`, 'm'));
    master.close();
    for (const child of [holder, other]) child.stdin?.end();
  });

  it('check finds a sound region sound, and damage with exit code 5', async () => {
    expect(await out('check', 'doc')).toMatch(/^✓ doc {2}sound: \d+ versions, /);
    Master.open('hurt', { dir, initial: document }).close();
    const path = join(dir, 'hurt.1.seg');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 1024, 4096);
    writeFileSync(path, bytes);
    const { code, stdout } = await jsonmmap(['check', 'hurt']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^error {2}hurt\.1\.seg: version 1: /);
    expect(stdout).toMatch(/✗ hurt {2}\d+ problems?; /);
    const report = JSON.parse((await jsonmmap(['check', 'hurt', '--json'])).stdout);
    expect(report.ok).toBe(false);
  });
});

describe('export', () => {
  it('writes JSON and YAML that read back as the document', async () => {
    const expected = JSON.parse(await out('get', 'doc', '--at', '1'));
    expect(expected).toEqual(document);
    expect(JSON.parse(await out('export', 'doc', '--at', '1'))).toEqual(document);
    expect(await out('export', 'doc', '--at', '1', '--compact')).toBe(`${JSON.stringify(document)}\n`);
    expect(parse(await out('export', 'doc', '--at', '1', '--format', 'yaml'))).toEqual(document);
    expect(parse(await out('export', 'doc', '--at', '1', '--format', 'yaml', '--compact'))).toEqual(document);
  });

  it('writes a file as a whole, in the format of its name', async () => {
    const [json, yaml] = [join(dir, 'out.json'), join(dir, 'out.yaml')];
    const { code, stdout, stderr } = await jsonmmap(['export', 'doc', '--at', '1', '--output', json]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/out\.json {2}.* KiB, version 1 of doc\n$/);
    expect(readFileSync(json, 'utf8')).toBe(`${JSON.stringify(document, null, 2)}\n`);
    const told = JSON.parse(await out('export', 'doc', '--at', '1', '-o', yaml, '--json'));
    expect(told).toEqual({ name: 'doc', version: 1, output: yaml, bytes: readFileSync(yaml).length });
    expect(parse(readFileSync(yaml, 'utf8'))).toEqual(document);
  });

  it('says where a document is too deep for YAML, and leaves no half of it', async () => {
    expect(await jsonmmap(['publish', 'deep', '-'], { input: deep })).toMatchObject({ code: 0 });
    const output = join(dir, 'deep.yaml');
    const { code, stderr } = await jsonmmap(['export', 'deep', '-o', output]);
    expect({ code, stderr }).toMatchObject({ code: 8, stderr: expect.stringContaining('write it as JSON') });
    expect(existsSync(output)).toBe(false);
    expect(await out('export', 'deep', '--compact')).toBe(`${deep}\n`);
  });

  it('says where a change is too deep for a line, or a value for a request', async () => {
    const master = Master.open<unknown>('lively', { dir, initial: [JSON.parse(deep)], history: 2, control: true });
    master.set('/0', 1);
    expect(await jsonmmap(['diff', 'lively'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('get and export'),
    });
    expect(await jsonmmap(['publish', 'lively', '-'], { input: deep })).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('in the master itself'),
    });
    expect(master.version).toBe(2);
    master.close();
  });

  it('leaves nothing behind where it cannot write', async () => {
    const before = readdirSync(dir);
    expect(await jsonmmap(['export', 'doc', '-o', join(dir, 'no', 'such', 'place.json')])).toMatchObject({ code: 2 });
    expect(await jsonmmap(['export', 'doc', '-o', dir])).toMatchObject({ code: 2 });
    expect(readdirSync(dir)).toEqual(before);
    expect(existsSync(`${dir}.tmp`)).toBe(false);
  });
});
