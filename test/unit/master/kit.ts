/** What the tests of master and follower share: directories that go away, and regions that are checked after each test. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { check, Follower, type FollowerOptions, Master, type MasterOptions, regions } from '../../../src/index.js';
import { afterEachTest } from '../../cleanup.js';

const SHARED_MEMORY = '/dev/shm';
const POLL_MS = 5;
const DEADLINE_MS = 30_000;

const directories: string[] = [];
const opened: { close(): void }[] = [];

/** Creates a directory whose regions are checked after the test, and which is removed then. */
export function newDirectory(parent = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir()): string {
  const dir = mkdtempSync(join(parent, 'jsonmmap-test-'));
  directories.push(dir);
  return dir;
}

/** Opens a master that is closed after the test. */
export function openMaster<T = unknown>(dir: string, options: MasterOptions<T> = {}, name = 'region'): Master<T> {
  return closedLater(Master.open<T>(name, { dir, ...options }));
}

/** Opens a follower that is closed after the test. */
export function openFollower<T = unknown>(dir: string, options: FollowerOptions = {}, name = 'region'): Follower<T> {
  return closedLater(Follower.open<T>(name, { dir, ...options }));
}

export function closedLater<T extends { close(): void }>(thing: T): T {
  opened.push(thing);
  return thing;
}

/** Resolves when `condition` holds; fails, naming `what`, if it does not come to that. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms in vain for: ${what}`);
    await delay(POLL_MS);
  }
}

/** The code of the error that `body` throws; undefined if it throws none. */
export function codeOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

/** Expects every region in `dir` to be as a master leaves it, in all versions that can be read. */
export function expectClean(dir: string): void {
  for (const { name } of regions({ dir })) {
    expect(check(name, { dir, versions: Number.POSITIVE_INFINITY }).problems).toEqual([]);
  }
}

afterEachTest(() => {
  try {
    for (const dir of directories) if (existsSync(dir)) expectClean(dir);
  } finally {
    for (const thing of opened.splice(0)) thing.close();
    for (const dir of directories.splice(0)) rmSync(dir, { recursive: true, force: true });
  }
});
