/** What every way of being woken promises: `contract.ts`. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenWakeSource, WakeSource } from '../../../../src/region/notify/contract.js';
import { openFileWatcher } from '../../../../src/region/notify/file-watcher.js';
import { openPolling } from '../../../../src/region/notify/polling.js';
import { runProgram } from './program.js';

const SOURCES: [name: string, mode: WakeSource['mode'], open: OpenWakeSource][] = [
  ['file watcher', 'watch', openFileWatcher],
  ['polling', 'poll', openPolling],
];
const PATIENCE = { timeout: 15_000, interval: 2 };

describe.each(SOURCES)('%s', (name, mode, open) => {
  let directory: string;
  let path: string;
  let source: WakeSource | undefined;
  let wakes: number;
  let failures: unknown[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'jsonmmap-notify-'));
    path = join(directory, 'touched');
    writeFileSync(path, '');
    wakes = 0;
    failures = [];
  });
  afterEach(() => {
    source?.close();
    source = undefined;
    rmSync(directory, { recursive: true });
  });

  let time = 1_700_000_000;
  const touch = () => utimesSync(path, ++time, time);
  const waiter = { wake: () => void wakes++, failed: (error: unknown) => void failures.push(error) };

  it('names its mode, and keeps no process alive from the start', () => {
    source = open(path, waiter);
    expect(source.mode).toBe(mode);
    expect(source.referenced).toBe(false);
  });

  it('wakes after each touch that it is given time to see', async () => {
    source = open(path, waiter);
    for (let i = 0; i < 5; i++) {
      const before = wakes;
      touch();
      await expect.poll(() => wakes, PATIENCE).toBeGreaterThan(before);
      await new Promise(setImmediate);
    }
    expect(failures).toEqual([]);
  });

  it('lets the event loop turn while its file is touched at every wake', async () => {
    let turns = 0;
    const busy = {
      ...waiter,
      wake() {
        wakes++;
        touch();
      },
    };
    source = open(path, busy);
    touch();
    const turn = setInterval(() => turns++, 1);
    await expect.poll(() => Math.min(wakes, turns), PATIENCE).toBeGreaterThan(20);
    clearInterval(turn);
  });

  it('calls nothing after it is closed, also from within a wake', async () => {
    const other = open(path, waiter);
    let closedWakes = 0;
    source = open(path, {
      ...waiter,
      wake() {
        closedWakes++;
        source!.close();
      },
    });
    touch();
    await expect.poll(() => closedWakes, PATIENCE).toBe(1);
    const before = wakes;
    for (let i = 0; i < 3; i++) {
      touch();
      const seen = wakes;
      await expect.poll(() => wakes, PATIENCE).toBeGreaterThan(seen); // the other one is woken all the while
    }
    expect(wakes).toBeGreaterThan(before);
    expect(closedWakes).toBe(1);
    other.close();
    other.close();
  });

  it('keeps its process alive while it is referenced, and only then', async () => {
    expect(await runProgram(name, path, 'unreferenced')).toBe('ended');
    expect(await runProgram(name, path, 'referenced')).toBe('woken, ended');
  });
});

describe('a file watcher', () => {
  it('says at once that it has failed where there is nothing to watch', () => {
    const failures: unknown[] = [];
    const source = openFileWatcher('/dev/null/nothing', { wake() {}, failed: (error) => void failures.push(error) });
    expect(failures).toEqual([expect.objectContaining({ code: 'ENOTDIR' })]);
    source.close();
  });
});
