/** What the kernel runs out of, or takes away: memory, descriptors, pids, pages of a file. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { check, Follower, Master } from '../../src/index.js';
import { isFull } from '../effort.js';
import { startFollower } from '../multiprocess/agents.js';
import { KINDS, noNative } from '../unit/region/kit.js';
import { isRoot, NAME, needsRoot, region, scratch } from './squats.js';
import { until } from './until.js';

const run = promisify(execFile);
const programs = join(import.meta.dirname, '..', 'programs');

/** In the short run one is enough where the other mapping system changes nothing of what is tested. */
const SOME_KINDS = isFull ? KINDS : KINDS.slice(0, 1);

describe('memory of a control group', () => {
  const group = cgroupFor(`jsonmmap-test-${process.pid}`);
  const noGroup = group === undefined ? ' (skipped: no control group of memory can be made here)' : '';
  const LIMIT_BYTES = 150_000_000;

  it.skipIf(noGroup).each(SOME_KINDS)(
    `that ends a master leaves the last acknowledged version, and the region free, over %s${noGroup}`,
    async (kind) => {
      const dir = scratch();
      const child = within(group!, LIMIT_BYTES, kind, 'scarce.mjs', dir, NAME, 'grow');
      let acknowledged = 0;
      createInterface({ input: child.stdout! }).on('line', (line) => {
        acknowledged = Number(line);
      });
      const [, signal] = await once(child, 'close');
      expect(signal).toBe('SIGKILL');
      expect(acknowledged).toBeGreaterThan(3);
      const follower = Follower.open<{ n: number; parts: string[] }>(NAME, { dir });
      expect([acknowledged, acknowledged + 1]).toContain(follower.current.n);
      expect(follower.current.parts).toHaveLength(follower.current.n);
      const next = Master.open<{ n: number }>(NAME, { dir });
      next.set('/n', -1);
      expect(follower.current.n).toBe(-1);
      next.close();
      expect(check(NAME, { dir })).toMatchObject({ ok: true });
    },
  );

  it.skipIf(noGroup).each(SOME_KINDS)(
    `that ends a follower is nothing to its master, over %s${noGroup}`,
    async (kind) => {
      const dir = scratch();
      const master = Master.open(NAME, { dir, initial: { n: 1, text: 'x'.repeat(1_000_000) } });
      const child = within(group!, LIMIT_BYTES, kind, 'scarce.mjs', dir, NAME, 'read');
      const [, signal] = await once(child, 'close');
      expect(signal).toBe('SIGKILL');
      expect(master.set('/n', 2)).toBe(2);
      expect(Follower.open(NAME, { dir }).get('/n')).toBe(2);
      master.close();
    },
  );
});

describe('descriptors', () => {
  it.each(KINDS)('that run out give codes, whichever call it is, over %s', async (kind) => {
    const args = [process.execPath, join(programs, 'scarce.mjs'), scratch(), NAME, 'descriptors'];
    const env = { ...process.env, JSONMMAP_SYSTEM: kind };
    const { stdout } = await run('sh', ['-c', 'ulimit -n 256; exec "$@"', 'sh', ...args], { env });
    const results: { spare: number; codes: string[] }[] = JSON.parse(stdout);
    const known = /^ERR_(SYSTEM|REGION_NOT_FOUND)$/; // a region that no master could make
    expect(results.filter(({ codes }) => !codes.every((code) => known.test(code)))).toEqual([]);
    expect(results[0].codes).toContain('ERR_SYSTEM');
    expect(results.at(-1)?.codes).toEqual([]);
  });
});

describe('a pid', () => {
  it.skipIf(!isRoot).each(SOME_KINDS)(
    `that another process has got is not the master's, over %s${needsRoot}`,
    async (kind) => {
      const args = ['--pid', '--fork', '--mount-proc', process.execPath, join(programs, 'pid-reuse.mjs'), scratch()];
      const { stdout } = await run('unshare', args, { env: { ...process.env, JSONMMAP_SYSTEM: kind } });
      expect(JSON.parse(stdout)).toEqual({ alive: [true, false], named: true, version: 2, seen: { n: 2 } });
    },
  );
});

describe.skipIf(noNative)(`pages of a file that its owner cuts short${noNative}`, () => {
  it('end the process that touches them by SIGBUS, and no other; over system calls nobody ends', async () => {
    const dir = scratch();
    region(dir);
    const master = Master.open<object>(NAME, { dir });
    master.write({ head: 1, text: 'x'.repeat(40_000) });
    const [toucher, bystander, copier] = [startFollower('native'), startFollower('native'), startFollower('syscalls')];
    for (const follower of [toucher, bystander, copier]) await follower.call('open', NAME, { dir });
    expect(await copier.call('get', '/head')).toBe(1);
    truncateSync(join(dir, `${NAME}.1.seg`), 4096);
    expect(await toucher.call('version')).toBe(3);
    const ended = toucher.ended();
    void toucher.call('current');
    expect(await ended).toBe('SIGBUS');
    expect(await bystander.call('version')).toBe(3);
    expect(await copier.call('current')).toMatchObject({ head: 1 });
    expect(() => Follower.open(NAME, { dir })).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
    master.close();
  });
});

const groups: string[] = [];
afterEach(async () => {
  for (const path of groups.splice(0)) await until(() => removed(path));
});

/** Where the control group of that name would be; undefined where none can be made. */
function cgroupFor(name: string): string | undefined {
  const parent = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup'].find((path) => existsSync(join(path, 'cgroup.procs')));
  if (parent === undefined || !isRoot) return undefined;
  const path = join(parent, name);
  try {
    mkdirSync(path);
    return limitOf(path) === undefined ? undefined : path;
  } catch {
    return undefined; // not ours to make
  } finally {
    if (existsSync(path)) rmdirSync(path);
  }
}

/** Version 1 of control groups, and version 2. */
function limitOf(group: string): string | undefined {
  return ['memory.limit_in_bytes', 'memory.max'].map((file) => join(group, file)).find((path) => existsSync(path));
}

function within(group: string, limitBytes: number, kind: string, program: string, ...args: string[]): ChildProcess {
  mkdirSync(group);
  groups.push(group);
  writeFileSync(limitOf(group)!, String(limitBytes));
  for (const swap of ['memory.memsw.limit_in_bytes', 'memory.swap.max']) {
    const path = join(group, swap);
    if (existsSync(path)) writeFileSync(path, swap.endsWith('max') ? '0' : String(limitBytes));
  }
  const enter = `echo $$ > ${join(group, 'cgroup.procs')}; exec "$@"`;
  return spawn('sh', ['-c', enter, 'sh', process.execPath, join(programs, program), ...args], {
    env: { ...process.env, JSONMMAP_SYSTEM: kind },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function removed(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false; // its last process is not gone yet
  }
}
