/** What every way of being woken promises: `contract.ts`. */
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotifyingFile, OpenWakeSource, WakeSource } from '../../../../src/region/notify/contract.js';
import { openFileWatcher } from '../../../../src/region/notify/file-watcher.js';
import { openPolling } from '../../../../src/region/notify/polling.js';
import { wordWaits } from '../../../../src/region/notify/word-wait.js';
import { mmapSystem } from '../../../../src/system/system.js';
import { Notification, type Way } from './notification.js';
import { runProgram } from './program.js';

/** Each with how it is notified: by a touch of the file, or by a store to its wake word. */
const SOURCES: [name: string, mode: WakeSource['mode'], open: OpenWakeSource, way: Way][] = [
  ...(mmapSystem().waitForWord === undefined
    ? []
    : ([['word wait', 'futex', wordWaits(mmapSystem()), 'store']] as [string, 'futex', OpenWakeSource, Way][])),
  ['file watcher', 'watch', openFileWatcher, 'touch'],
  ['polling', 'poll', openPolling, 'touch'],
];
const PATIENCE = { timeout: 15_000, interval: 2 };

describe.each(SOURCES)('%s', (name, mode, open, way) => {
  let directory: string;
  let file: NotifyingFile;
  let notification: Notification;
  let source: WakeSource | undefined;
  let wakes: number;
  let failures: unknown[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'jsonmmap-notify-'));
    const path = join(directory, 'notifying');
    writeFileSync(path, Buffer.alloc(4096));
    file = { path, fd: openSync(path, 'r') };
    notification = new Notification(path, way);
    wakes = 0;
    failures = [];
  });
  afterEach(() => {
    source?.close();
    source = undefined;
    notification.close();
    closeSync(file.fd);
    rmSync(directory, { recursive: true });
  });

  const notify = () => notification.send();
  const waiter = { wake: () => void wakes++, failed: (error: unknown) => void failures.push(error) };

  it('names its mode, and keeps no process alive from the start', () => {
    source = open(file, waiter);
    expect(source.mode).toBe(mode);
    expect(source.referenced).toBe(false);
  });

  it('wakes after each notification that it is given time to see', async () => {
    source = open(file, waiter);
    for (let i = 0; i < 5; i++) {
      const before = wakes;
      notify();
      await expect.poll(() => wakes, PATIENCE).toBeGreaterThan(before);
      await new Promise(setImmediate);
    }
    expect(failures).toEqual([]);
  });

  it('lets the event loop turn while it is notified at every wake', async () => {
    let turns = 0;
    const busy = {
      ...waiter,
      wake() {
        wakes++;
        notify();
        for (const end = performance.now() + 2; performance.now() < end; ); // long enough for the next one to be here
      },
    };
    source = open(file, busy);
    notify();
    const turn = setInterval(() => turns++, 1);
    await expect.poll(() => Math.min(wakes, turns), PATIENCE).toBeGreaterThan(20);
    clearInterval(turn);
    expect(turns * 10).toBeGreaterThan(wakes); // it turns between them, and not after some hundred
  });

  it('calls nothing after it is closed, also from within a wake', async () => {
    const other = open(file, waiter);
    let closedWakes = 0;
    source = open(file, {
      ...waiter,
      wake() {
        closedWakes++;
        source!.close();
      },
    });
    notify();
    await expect.poll(() => closedWakes, PATIENCE).toBe(1);
    const before = wakes;
    for (let i = 0; i < 3; i++) {
      notify();
      const seen = wakes;
      await expect.poll(() => wakes, PATIENCE).toBeGreaterThan(seen); // the other one is woken all the while
    }
    expect(wakes).toBeGreaterThan(before);
    expect(closedWakes).toBe(1);
    other.close();
    other.close();
  });

  it('keeps its process alive while it is referenced, and only then', async () => {
    expect(await runProgram(name, file.path, way, 'unreferenced')).toBe('ended');
    expect(await runProgram(name, file.path, way, 'referenced')).toBe('woken, ended');
  });
});

describe('a file watcher', () => {
  it('says at once that it has failed where there is nothing to watch', () => {
    const failures: unknown[] = [];
    const source = openFileWatcher(
      { path: '/dev/null/nothing', fd: -1 },
      { wake() {}, failed: (error) => void failures.push(error) },
    );
    expect(failures).toEqual([expect.objectContaining({ code: 'ENOTDIR' })]);
    source.close();
  });
});

describe('a word wait', () => {
  it('says at once that it has failed where there is nothing to map', () => {
    const failures: unknown[] = [];
    const waiter = { wake() {}, failed: (error: unknown) => void failures.push(error) };
    const source = wordWaits(mmapSystem())({ path: '/dev/null', fd: -1 }, waiter);
    expect(failures).toHaveLength(1);
    source.close();
  });

  it.skipIf(mmapSystem().waitForWord === undefined)('gives its thread back when it is closed', () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const path = join(mkdtempSync(join(tmpdir(), 'jsonmmap-notify-')), 'notifying');
    writeFileSync(path, Buffer.alloc(4096));
    const fd = openSync(path, 'r');
    const waiter = { wake() {}, failed: (error: unknown) => expect(error).toBeUndefined() };
    const before = threads();
    const sources = Array.from({ length: 20 }, () => wordWaits(mmapSystem())({ path, fd }, waiter));
    expect(threads()).toBeGreaterThanOrEqual(before + 20);
    for (const source of sources) source.close();
    for (const source of sources) source.close();
    expect(threads()).toBeLessThanOrEqual(before);
    closeSync(fd);
    rmSync(dirname(path), { recursive: true });
  });
});
