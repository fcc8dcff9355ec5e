/** What `src/system/contract.ts` promises of waits for a word, and of waking them on this thread and on another. */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existingBinaries } from '../../src/system/binaries.js';
import type { Mapping, WakingThread, WordWait } from '../../src/system/contract.js';
import { mmapSystem } from '../../src/system/system.js';

const PATIENCE = { timeout: 15_000, interval: 2 };
const OFFSET = 192;
const AT = 1_000_000_000_000;
const system = mmapSystem();

describe.skipIf(system.startWaking === undefined)('waking those who wait for a word', () => {
  let directory: string;
  let path: string;
  let fd: number;
  let mapping: Mapping;
  let word: Int32Array;
  let thread: WakingThread | undefined;
  let waits: WordWait[];
  /** How often each wait was called. */
  let calls: number[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'jsonmmap-waking-'));
    path = join(directory, 'file');
    writeFileSync(path, Buffer.alloc(4096));
    fd = openSync(path, 'r+');
    mapping = system.map({ fd, offset: 0, length: 4096, access: 'write' });
    word = new Int32Array(mapping.buffer, OFFSET, 1);
    word[0] = 1; // a page that is written for the first time changes the time of the file, too
    waits = [];
    calls = [];
  });
  afterEach(() => {
    thread?.close();
    thread = undefined;
    for (const wait of waits) wait.close();
    mapping.close();
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  function startWaits(count: number): void {
    for (const end = calls.length + count; calls.length < end; ) {
      const i = calls.push(0) - 1;
      const wait = system.waitForWord!(fd, OFFSET, () => {
        calls[i]++;
        setImmediate(() => wait.arm()); // as a follower does, when the turn of the event loop has ended
      });
      waits.push(wait);
    }
  }
  const change = () => Atomics.add(word, 0, 1);
  const allCalled = (times: number) => expect.poll(() => Math.min(...calls), PATIENCE).toBeGreaterThanOrEqual(times);
  const wakeHere = () => {
    change();
    return mapping.wake(OFFSET, -1, AT);
  };
  const modifiedAt = () => statSync(path).mtimeMs;

  it('is costly for this thread where somebody is woken, and cheap where nobody is', async () => {
    await expect.poll(wakeHere, PATIENCE).toBe(false);
    startWaits(1);
    await expect.poll(wakeHere, PATIENCE).toBe(true); // once it sleeps
    await allCalled(1);
  });

  it('is done by the thread: all that wait, and those that watch the file', async () => {
    startWaits(5);
    thread = system.startWaking!(fd, OFFSET);
    for (let i = 1; i <= 5; i++) {
      const before = Math.min(...calls);
      change();
      expect(thread.wake(AT + i * 1000, true)).toBe(true);
      await allCalled(before + 1);
      await expect.poll(modifiedAt, PATIENCE).toBe(AT + i * 1000);
      await new Promise((resolve) => setTimeout(resolve, 5)); // all sleep again
    }
  });

  it('comes back to the caller once the thread has found it cheap, and not before', async () => {
    thread = system.startWaking!(fd, OFFSET);
    expect(thread.wake(AT, true)).toBe(true);
    await expect.poll(() => thread!.wake(AT + 1000, false), PATIENCE).toBe(false);
    utimesSync(path, 1, 1);
    expect(thread.wake(AT + 2000, false)).toBe(false);
    expect(modifiedAt()).toBe(1000);
    expect(thread.wake(AT + 3000, true)).toBe(true); // it was costly for the caller since
    await expect.poll(modifiedAt, PATIENCE).toBe(AT + 3000);
  });

  it('is done for what comes last, however fast it comes, while this thread does not turn', () => {
    startWaits(5);
    thread = system.startWaking!(fd, OFFSET);
    let wasCostly = true;
    for (let i = 1; i <= 10_000; i++) {
      change();
      wasCostly = !thread.wake(AT + i, wasCostly) && mapping.wake(OFFSET, fd, AT + i);
    }
    thread.close();
    expect(modifiedAt()).toBe(AT + 10_000);
  });

  it('ends with its thread, once it has done what was due, and after that does nothing', () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = [threads(), descriptors()];
    for (let i = 1; i <= 20; i++) {
      const each = system.startWaking!(fd, OFFSET);
      expect(threads()).toBe(before[0] + 1);
      each.wake(AT + i * 1000, true);
      each.close();
      each.close();
      expect(modifiedAt()).toBe(AT + i * 1000);
      expect(each.wake(AT, true)).toBe(false);
    }
    expect([threads(), descriptors()]).toEqual(before);
  });

  it('needs neither the descriptor nor the mapping of its owner, and touches no other file that has taken the path', () => {
    const descriptor = openSync(path, 'r+');
    thread = system.startWaking!(descriptor, OFFSET);
    closeSync(descriptor);
    mapping.close();
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    utimesSync(path, 1, 1);
    thread.wake(AT, true);
    thread.close();
    expect(statSync(`${path}.old`).mtimeMs).toBe(AT);
    expect(modifiedAt()).toBe(1000);
  });

  it('is refused for a file that is none', () => {
    expect(() => system.startWaking!(-1, OFFSET)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('ends with a worker that is terminated', async () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const program = `
      import { openSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      const addon = { exports: {} };
      process.dlopen(addon, ${JSON.stringify([...existingBinaries()][0])});
      globalThis.kept = addon.exports.startWaking(openSync(${JSON.stringify(path)}, 'r+'), ${OFFSET});
      addon.exports.wakeSoon(globalThis.kept, ${AT}, true);
      parentPort.postMessage('started');
      setInterval(() => {}, 1000);`;
    const before = [threads(), descriptors()];
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    await expect.poll(() => [threads(), descriptors()], PATIENCE).toEqual(before);
    expect(modifiedAt()).toBe(AT);
  });
});
