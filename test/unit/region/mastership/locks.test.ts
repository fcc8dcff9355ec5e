/** At most one master: the two kinds of locks, between threads, processes and each other; the living told from the dead. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from 'vitest';
import { closeControl, openControl } from '../../../../src/region/control/control-file.js';
import { KERNEL_LOCK } from '../../../../src/region/files/layout.js';
import { RegionPaths } from '../../../../src/region/files/paths.js';
import {
  deadGenerations,
  generationHolder,
  tryGenerationLock,
} from '../../../../src/region/mastership/generation-lock.js';
import { tryLock } from '../../../../src/region/mastership/lock.js';
import type { FileLocks, MmapSystem } from '../../../../src/system/contract.js';
import { loadNative } from '../../../../src/system/native.js';
import { isAlive, self } from '../../../../src/system/process.js';
import { mmapSystem } from '../../../../src/system/system.js';
import { append, publishIn } from '../../../programs/region-payload.mjs';
import { start } from '../children.js';
import { describeKinds, KINDS, loadRegions, newDirectory, noNative } from '../kit.js';

/** A pid that was a process just now. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a process', () => {
  it('is alive as itself, and not as another of the same pid', () => {
    expect(isAlive(self())).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: 0 })).toBe(true);
    if (self().startTime !== 0) expect(isAlive({ pid: process.pid, startTime: self().startTime + 1 })).toBe(false);
  });

  it.each([0, -1, 0.5, Number.NaN, deadPid()])('%s is none', (pid) => {
    expect(isAlive({ pid, startTime: 0 })).toBe(false);
  });

  it('is dead as a zombie', async () => {
    const script = 'const c = require("node:child_process").spawn("true"); console.log(c.pid); for (;;) {}';
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(line);
      await expect.poll(() => isAlive({ pid, startTime: 0 }), { timeout: 10_000 }).toBe(false);
      expect(existsSync(`/proc/${pid}`)).toBe(process.platform === 'linux');
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

describe('the generation lock', () => {
  let paths: RegionPaths;
  beforeEach(() => {
    paths = new RegionPaths('g', newDirectory());
  });
  const link = (generation: number, target: string) => symlinkSync(target, paths.generation(generation));
  const links = () => readdirSync(paths.directory).sort();

  it('names its holder, excludes, and goes with release', () => {
    const lock = tryGenerationLock(paths)!;
    expect(readlinkSync(lock.link)).toMatch(
      new RegExp(`^${process.pid}:${self().startTime}:\\d+:${self().namespace}:2$`),
    );
    expect(generationHolder(paths)?.pid).toBe(process.pid);
    expect(tryGenerationLock(paths)).toBeUndefined();
    lock.release();
    lock.release();
    expect(links()).toEqual([]);
    tryGenerationLock(paths)!.release();
  });

  it('leaves alone what has taken its name since', () => {
    const lock = tryGenerationLock(paths)!;
    rmSync(lock.link);
    const next = tryGenerationLock(paths)!;
    expect(next.link).toBe(lock.link);
    lock.release();
    expect(generationHolder(paths)?.pid).toBe(process.pid);
    next.release();
    expect(links()).toEqual([]);
  });

  it('passes over the dead, and takes their links away', () => {
    link(3, `${deadPid()}:1`);
    link(7, `${process.pid}:${self().startTime + 1}`);
    link(9, 'nonsense');
    const lock = tryGenerationLock(paths)!;
    expect(lock.link).toBe(paths.generation(10));
    expect(links()).toEqual(['g.lock.10']);
    lock.release();
  });

  it('keeps off where its holder is of another pid namespace, dead or alive', () => {
    link(4, `${deadPid()}:0:1:1:2`);
    expect(tryGenerationLock(paths)).toBeUndefined();
    expect(tryGenerationLock(paths, KERNEL_LOCK)).toBeUndefined();
    expect(generationHolder(paths)).toMatchObject({ namespace: 1 });
    expect(deadGenerations(paths)).toEqual([]);
  });

  it('of another pid namespace is a dead one under the kernel lock, if it was made under that, and after another boot', () => {
    link(4, `${process.pid}:0:1:1:${KERNEL_LOCK}`);
    link(5, `${process.pid}:${self().startTime + 2 ** 33 * (self().startTime < 2 ** 52 ? 1 : -1)}:1:1:2`);
    expect(tryGenerationLock(paths)).toBeUndefined();
    const lock = tryGenerationLock(paths, KERNEL_LOCK)!;
    expect(links()).toEqual(['g.lock.6']);
    lock.release();
  });

  it('sees a living holder whatever his generation', () => {
    link(2, `${process.ppid}:0`);
    link(5, `${deadPid()}:0`);
    expect(tryGenerationLock(paths)).toBeUndefined();
    expect(generationHolder(paths)?.pid).toBe(process.ppid);
    expect(deadGenerations(paths)).toEqual([paths.generation(5)]);
  });
});

describeKinds('a region that has a master', (kind) => {
  let dir: string;
  beforeEach(() => {
    dir = newDirectory();
  });

  it('tells a second one in the same process who it is', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('r', { dir });
    const locked = expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: process.pid });
    expect(() => RegionWriter.open('r', { dir })).toThrow(locked);
    publishIn(writer, writer.segment, append(writer.segment, 1)); // it has noticed nothing
    writer.close();
    RegionWriter.open('r', { dir }).close();
  });

  it.each(KINDS)('in a process over %s, tells who, and frees it when killed', async (other) => {
    const { RegionWriter, RegionReader } = await loadRegions(kind);
    const child = start(other, 'region-publisher.mjs', dir, 'r');
    await child.line();
    expect(() => RegionWriter.open('r', { dir })).toThrow(
      expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: child.pid }),
    );
    const reader = RegionReader.open('r', { dir });
    expect(reader.status()).toMatchObject({ masterAlive: true, masterPid: child.pid });
    expect(() => RegionWriter.open('r', { dir, wait: { timeoutMs: 50 } })).toThrow(
      expect.objectContaining({ code: 'ERR_TIMEOUT', pid: child.pid }),
    );
    await child.kill();
    expect(reader.status()).toMatchObject({ masterAlive: false, masterPid: child.pid });
    const writer = RegionWriter.open('r', { dir });
    expect(writer.commit!.version).toBe(reader.acquire()!.commit.version);
    expect(reader.status()).toMatchObject({ masterAlive: true, masterPid: process.pid });
    writer.close();
    expect(reader.status()).toMatchObject({ masterAlive: false, masterPid: undefined });
    reader.close();
  });

  it.each(KINDS)('in a process over %s, is waited for', async (other) => {
    const { RegionWriter } = await loadRegions(kind);
    const child = start(other, 'region-publisher.mjs', dir, 'r');
    await child.line();
    expect(() => RegionWriter.open('r', { dir })).toThrow(expect.objectContaining({ code: 'ERR_REGION_LOCKED' }));
    spawn('sh', ['-c', `sleep 0.3; kill -9 ${child.pid}`]); // our event loop stands still meanwhile, so the child stays a zombie
    const writer = RegionWriter.open('r', { dir, wait: { timeoutMs: 30_000 } });
    publishIn(writer, writer.segment, append(writer.segment, writer.commit!.version + 1));
    writer.close();
  });

  it('is not waited for by one whose signal is aborted', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('r', { dir });
    const reason = new Error('changed my mind');
    expect(() => RegionWriter.open('r', { dir, wait: { signal: AbortSignal.abort(reason) } })).toThrow(reason);
    writer.close();
  });

  it('does not lose it when somebody deletes its lock', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('r', { dir });
    for (const file of readdirSync(dir)) if (file.startsWith('r.lock')) rmSync(join(dir, file));
    expect(() => RegionWriter.open('r', { dir })).toThrow(
      expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: process.pid }),
    );
    writer.close();
  });

  it('is fenced off when somebody claims it whom no lock can show, as from another container (I7)', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('r', { dir });
    publishIn(writer, writer.segment, append(writer.segment, 1));
    const opened = openControl(mmapSystem(), join(dir, 'r.ctl'), 'write')!;
    opened.control.state.claim({ pid: 1, startTime: 1, lockKind: 2, namespace: 0 });
    expect(() => publishIn(writer, writer.segment, append(writer.segment, 2))).toThrow(
      expect.objectContaining({ code: 'ERR_FENCED' }),
    );
    writer.close();
    expect(opened.control.state.holder()?.pid).toBe(1); // its close leaves the other's claim alone
    expect(opened.control.ring.version()).toBe(1);
    closeControl(opened);
  });

  it('loses it when its files are deleted by hand, and learns that (I7)', async () => {
    const { RegionWriter } = await loadRegions(kind);
    const writer = RegionWriter.open('r', { dir });
    publishIn(writer, writer.segment, append(writer.segment, 1));
    for (const file of readdirSync(dir)) rmSync(join(dir, file));
    const other = RegionWriter.open('r', { dir });
    publishIn(other, other.segment, append(other.segment, 1));
    const publishUntilFenced = () =>
      publishIn(writer, writer.segment, append(writer.segment, writer.commit!.version + 1));
    await expect.poll(() => outcomeOf(publishUntilFenced), { timeout: 10_000, interval: 20 }).toBe('ERR_FENCED');
    publishIn(other, other.segment, append(other.segment, 2));
    writer.close();
    publishIn(other, other.segment, append(other.segment, 3));
    other.close();
  });
});

describe.skipIf(noNative)(`a worker thread that was the master${noNative}`, () => {
  it('frees the region when it ends without closing, and followers know though its process lives', async () => {
    const { RegionWriter, RegionReader } = await loadRegions('native');
    const dir = newDirectory();
    const writer = join(import.meta.dirname, '..', '..', '..', '..', 'lib', 'region', 'writer.js');
    const script = `
      import(${JSON.stringify(writer)}).then(({ RegionWriter }) => {
        globalThis.writer = RegionWriter.open('w', { dir: ${JSON.stringify(dir)} });
        require('node:worker_threads').parentPort.postMessage('open');
        setInterval(() => {}, 1000);
      });`;
    const worker = new Worker(script, { eval: true, env: { ...process.env, JSONMMAP_SYSTEM: 'native' } });
    await once(worker, 'message');
    expect(() => RegionWriter.open('w', { dir })).toThrow(
      expect.objectContaining({ code: 'ERR_REGION_LOCKED', pid: process.pid }),
    );
    const reader = RegionReader.open('w', { dir });
    expect(reader.status()).toMatchObject({ masterPid: process.pid, masterAlive: true });
    await worker.terminate();
    expect(reader.status()).toMatchObject({ masterPid: process.pid, masterAlive: false });
    reader.close();
    RegionWriter.open('w', { dir }).close();
  });
});

describe.skipIf(noNative)(`a lock file that is replaced${noNative}`, () => {
  it('between open and lock is not the lock: the new one is taken', () => {
    const system = loadNative() as MmapSystem;
    const { locks } = system as { locks: FileLocks };
    const paths = new RegionPaths('r', newDirectory());
    let removals = 2;
    const tryLockLate = (fd: number) => {
      if (removals-- > 0) rmSync(paths.lock); // a removal that ends just now
      return locks.tryLock(fd);
    };
    const late = { tryLock: tryLockLate, isLocked: locks.isLocked };
    const lock = tryLock({ ...system, locks: late }, paths)!;
    expect(tryLock(system, paths)).toBeUndefined();
    lock.release();
    tryLock(system, paths)!.release();
  });

  it('is noticed: nobody is master through a file that has lost its name', async () => {
    const { RegionWriter } = await loadRegions('native');
    const dir = newDirectory();
    const writer = RegionWriter.open('r', { dir });
    renameSync(join(dir, 'r.lock'), join(dir, 'moved'));
    writeFileSync(join(dir, 'r.lock'), readFileSync(join(dir, 'moved')), { mode: 0o600 });
    expect(() => RegionWriter.open('r', { dir })).toThrow(expect.objectContaining({ code: 'ERR_REGION_LOCKED' }));
    writer.close();
  });
});

function outcomeOf(action: () => unknown): unknown {
  try {
    action();
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
