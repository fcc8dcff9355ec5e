/** Nothing keeps a process alive that was not asked to; threads and cluster workers are as good as processes. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import { newDirectory, openFollower, openMaster, until } from '../unit/master/kit.js';
import { start } from '../unit/region/children.js';
import { KINDS, noNative } from '../unit/region/kit.js';

const PROGRAMS = join(import.meta.dirname, '..', 'programs');
const LIFETIME = join(PROGRAMS, 'follower-lifetime.mjs');
const run = promisify(execFile);

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

describe('a process', () => {
  it.each(['reader', 'listener', 'unref', 'master'])('ends by itself: %s', async (mode) => {
    openMaster(dir, { initial: { n: 1 } });
    expect((await run(process.execPath, [LIFETIME, dir, mode])).stdout).toBe('ready\n');
    if (mode === 'master') expect(openMaster(dir, {}, 'other').version).toBe(2);
  });

  it('stays while a follower asks it to', async () => {
    const master = openMaster(dir, { initial: { n: 1 } });
    const running = run(process.execPath, [LIFETIME, dir, 'ref']);
    const lines = createInterface({ input: running.child.stdout as Readable })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('ready');
    master.set('/n', 2);
    expect((await running).stdout).toBe('ready\n2\n');
  });
});

describe('worker threads', () => {
  it('follow, and end without harm to others', async () => {
    const master = openMaster(dir, { initial: { n: 1 } });
    const follower = openFollower(dir);
    const child = start(KINDS[0], 'follower-threads.mjs', dir, 3);
    const mode = noNative === '' ? 'futex' : 'watch';
    for (let number = 1; number <= 3; number++) expect(await child.line()).toBe(`${number} ${mode}`);
    master.set('/n', 'told');
    const lines = [await child.line(), await child.line(), await child.line()].sort();
    expect(lines).toEqual(['1 version 2 told', '2 version 2 told', '3 version 2 told']);
    await child.finish();
    master.set('/n', 3);
    expect(follower.get('/n')).toBe(3);
  });

  it.skipIf(noNative)(`lead: the region is free when they end, and followers know${noNative}`, async () => {
    const worker = new Worker(join(PROGRAMS, 'master-thread.mjs'), { workerData: { dir, initial: { n: 0 } } });
    expect((await once(worker, 'message'))[0]).toBe(1);
    const follower = openFollower(dir);
    const told: boolean[] = [];
    follower.on('master', ({ alive }) => told.push(alive));
    worker.postMessage(5);
    expect((await once(worker, 'message'))[0]).toBe(2);
    expect(follower.get('/n')).toBe(5);
    expect(() => openMaster(dir)).toThrow(expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: process.pid }));
    await worker.terminate();
    await until('the news of its end', () => told.length > 0);
    expect(told).toEqual([false]);
    expect(follower.current).toEqual({ n: 5 });
    expect(openMaster(dir).set('/n', 6)).toBe(3);
    await until('the next master', () => told.length === 2);
    expect(follower.get('/n')).toBe(6);
  });
});

describe('a cluster', () => {
  it('shares its document with all workers', async () => {
    const { stdout } = await run(process.execPath, [join(PROGRAMS, 'master-cluster.mjs'), dir, '2', '20']);
    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 20 }, (_, n) => `2 workers see ${n + 1}`));
  });
});

describe('more followers than the kernel has watchers', () => {
  const LIMIT = 3;
  const THREADS = 5;
  /** In a user namespace of its own, a limit is nobody else's. */
  const limited = `echo ${LIMIT} > /proc/sys/user/max_inotify_instances && exec "$@"`;
  const mayLimit = spawnSync('unshare', ['-Ur', 'sh', '-c', limited, 'sh', 'true']).status === 0;

  it
    .skipIf(!mayLimit)
    .each([
      ['poll over system calls', 'syscalls', ['1 watch', '2 watch', '3 watch', '4 poll', '5 poll']],
      ...(noNative === ''
        ? [['need none over mappings', 'native', ['1 futex', '2 futex', '3 futex', '4 futex', '5 futex']]]
        : []),
    ] as [string, string, string[]][])(
    '%s, say so, and hear everything (skipped where unshare -Ur is not allowed)',
    async (_, kind, modes) => {
      const master = openMaster(dir, { initial: { n: 1 } });
      const program = [process.execPath, join(PROGRAMS, 'follower-threads.mjs'), dir, String(THREADS)];
      const child = spawn('unshare', ['-Ur', 'sh', '-c', limited, 'sh', ...program], {
        env: { ...process.env, JSONMMAP_SYSTEM: kind },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
      const exited = once(child, 'exit');
      try {
        await until('all threads', () => lines.length === THREADS);
        expect(lines.splice(0)).toEqual(modes);
        master.set('/n', 'told');
        await until('the version', () => lines.length === THREADS);
        expect(lines.splice(0).sort()).toEqual([1, 2, 3, 4, 5].map((number) => `${number} version 2 told`));
        master.close();
        await until('the end', () => lines.length === THREADS);
        expect(lines.sort()).toEqual([1, 2, 3, 4, 5].map((number) => `${number} master false`));
      } finally {
        child.stdin.end();
        await exited;
      }
    },
  );
});
