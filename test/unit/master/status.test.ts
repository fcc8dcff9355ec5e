import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompactionEvent } from '../../../src/index.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

/** Enough one-key writes of a large value to make a segment due. */
function writeUntilCompacted(master: ReturnType<typeof openMaster>): CompactionEvent[] {
  const compactions: CompactionEvent[] = [];
  master.on('compaction', (event) => compactions.push(event));
  for (let i = 0; i < 100 && compactions.length === 0; i++) master.set('/text', `${i}`.padEnd(20_000, '-'));
  return compactions;
}

describe('status of a master', () => {
  it('counts from when it was opened', () => {
    const dir = newDirectory();
    const first = openMaster(dir, { initial: { n: 0 } });
    first.set('/n', 1);
    first.close();
    const master = openMaster(dir);
    expect(master.status()).toMatchObject({ version: 2, publishes: 0, changeBytes: 0, refusals: 0, compactions: 0 });
    const { usedBytes } = master.status();
    for (let n = 2; n < 35; n++) master.set('/n', n);
    const status = master.status();
    expect(status).toMatchObject({ version: 35, publishes: 33, changeBytes: status.usedBytes - usedBytes });
    expect(status.committedAt).toBeGreaterThan(0);
    expect(status.system).toBe(master.system);
    expect(status.bytes).toBeGreaterThanOrEqual(status.usedBytes);
  });

  it('times one commit in 16, in buckets', () => {
    const master = openMaster(newDirectory(), { initial: {} });
    for (let n = 0; n < 64; n++) master.set('/n', n);
    const { counts, boundsSeconds, count, sumSeconds } = master.status().publishDurations;
    expect(count).toBe(5);
    expect(counts).toHaveLength(boundsSeconds.length + 1);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(count);
    expect(sumSeconds).toBeGreaterThan(0);
  });

  it('measures live and garbage bytes when asked', () => {
    const master = openMaster(newDirectory(), { initial: { text: '' } });
    for (const letter of 'abc') master.set('/text', letter.repeat(10_000));
    expect(master.status()).toMatchObject({ liveBytes: undefined, garbageBytes: undefined });
    const { liveBytes, garbageBytes } = master.status({ measure: true });
    expect(liveBytes).toBeGreaterThan(10_000);
    expect(liveBytes).toBeLessThan(11_000);
    expect(garbageBytes).toBeGreaterThan(20_000);
  });

  it('counts writes that are refused', () => {
    const master = openMaster(newDirectory(), { initial: {} });
    expect(codeOf(() => master.delete('/missing'))).toBe('ERR_PATH_NOT_FOUND');
    expect(codeOf(() => master.transaction(() => master.delete('/missing')))).toBe('ERR_PATH_NOT_FOUND');
    const own = new Error('the program has changed its mind');
    const changingItsMind = () => {
      master.set('/a', 1);
      throw own;
    };
    expect(() => master.transaction(changingItsMind)).toThrow(own);
    expect(master.status()).toMatchObject({ refusals: 2, publishes: 1 });
  });

  it('refuses unknown options, and a closed master', () => {
    const master = openMaster(newDirectory());
    expect(codeOf(() => master.status({ measured: true } as object))).toBe('ERR_INVALID_ARG');
    master.close();
    expect(codeOf(() => master.status())).toBe('ERR_CLOSED');
  });
});

it('a compaction is told and counted, once its version is visible', () => {
  const master = openMaster(newDirectory(), { initial: { text: '' } });
  const [event, ...more] = writeUntilCompacted(master);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ version: master.version, segment: 2 });
  expect(event.bytesBefore).toBeGreaterThan(event.bytesAfter);
  expect(event.durationMs).toBeGreaterThanOrEqual(0);
  const { compactions, compactionDurations, changeBytes } = master.status();
  expect(changeBytes).toBe(event.bytesBefore + event.bytesAfter);
  expect({ compactions, timed: compactionDurations.count }).toEqual({ compactions: 1, timed: 1 });
});

it('a listener of compactions may write', () => {
  const master = openMaster(newDirectory(), { initial: { text: '' } });
  master.once('compaction', () => void master.set('/compacted', true));
  expect(writeUntilCompacted(master)).toHaveLength(1);
  expect(master.get('/compacted')).toBe(true);
});

it('a follower counts versions that it has left out', () => {
  const dir = newDirectory();
  const master = openMaster(dir, { initial: { n: 0 } });
  const follower = openFollower(dir);
  for (let n = 1; n <= 5; n++) master.set('/n', n);
  expect(follower.get('/n')).toBe(5);
  expect(follower.status()).toMatchObject({ refreshes: 1, conflated: 4 });
  master.set('/n', 6);
  expect(follower.get('/n')).toBe(6);
  expect(follower.status()).toMatchObject({ refreshes: 2, conflated: 4 });
});

it('channels tell of publishes, refreshes, compactions and refusals, and of no takeover where there was no master', () => {
  const told: [unknown, unknown][] = [];
  const listener = (message: unknown, name: string | symbol) => void told.push([name, message]);
  const names = ['publish', 'refresh', 'compaction', 'takeover', 'refusal'].map((name) => `jsonmmap:${name}`);
  for (const name of names) subscribe(name, listener);
  try {
    const dir = newDirectory();
    const master = openMaster(dir, { initial: { text: '' } });
    const follower = openFollower(dir);
    master.set('/n', 1);
    follower.get('/n');
    const code = codeOf(() => master.delete('/missing'));
    const [event] = writeUntilCompacted(master);
    expect(told.slice(0, 3)).toEqual([
      ['jsonmmap:publish', { name: 'region', version: 2, previousVersion: 1 }],
      ['jsonmmap:refresh', { name: 'region', version: 2, previousVersion: 1 }],
      ['jsonmmap:refusal', { name: 'region', error: expect.objectContaining({ code }) }],
    ]);
    expect(told.at(-1)).toEqual(['jsonmmap:compaction', { name: 'region', path: master.path, ...event }]);
  } finally {
    for (const name of names) unsubscribe(name, listener);
  }
});

/** Opens a master in another process, and kills it there. Returns its pid. */
async function killedMaster(dir: string): Promise<number> {
  const program = `
    const { Master } = await import(process.argv[1]);
    Master.open('region', { dir: process.argv[2], initial: {} });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const library = join(import.meta.dirname, '..', '..', '..', 'dist', 'index.js');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, library, dir]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child.pid as number;
}

it('a channel tells of a takeover where the master before died, not where it closed', async () => {
  const told: unknown[] = [];
  const listener = (message: unknown) => void told.push(message);
  subscribe('jsonmmap:takeover', listener);
  try {
    const dir = newDirectory();
    const previousPid = await killedMaster(dir);
    const master = openMaster(dir);
    expect(told).toEqual([{ name: 'region', path: master.path, version: 1, previousPid }]);
    master.close();
    openMaster(dir).close();
    openMaster(dir, { initial: {} }, 'other');
    expect(told).toHaveLength(1);
  } finally {
    unsubscribe('jsonmmap:takeover', listener);
  }
});

it.skipIf(!existsSync('/proc/self/maps'))(
  'finds other processes that follow, and tells whether they are behind',
  async () => {
    const dir = newDirectory();
    const master = openMaster(dir, { initial: { text: '' } });
    expect(master.status()).toMatchObject({ followers: undefined, hiddenProcesses: undefined });
    const program = `
    const { Follower } = await import(process.argv[1]);
    const follower = Follower.open('region', { dir: process.argv[2] });
    const snapshot = follower.snapshot();
    console.log(snapshot.version);
    setInterval(() => snapshot.version, 1000);`;
    const library = join(import.meta.dirname, '..', '..', '..', 'dist', 'index.js');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, library, dir]);
    try {
      await once(child.stdout, 'data');
      const [follower, ...more] = master.status({ followers: true }).followers ?? [];
      expect(more).toEqual([]);
      expect(follower).toMatchObject({ pid: child.pid, segment: 1, lagVersions: 0 });
      child.kill('SIGSTOP'); // so that it cannot go over to the fresh segment
      writeUntilCompacted(master);
      master.set('/more', true);
      expect(master.status({ followers: true }).followers).toMatchObject([
        { pid: child.pid, segment: 1, lagVersions: 2 },
      ]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  },
);
