/** Followers that come before their region. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Follower, remove } from '../../../src/index.js';
import { closedLater, newDirectory, openMaster } from '../master/kit.js';

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

describe('Follower.when', () => {
  it('opens a region that is there', async () => {
    openMaster(dir, { initial: 1 });
    expect(closedLater(await Follower.when('region', { dir, timeoutMs: 0 })).current).toBe(1);
  });

  it('waits for the region, and for its first document', async () => {
    const waiting = Follower.when<{ ready: boolean }>('region', { dir });
    const master = openMaster<{ ready: boolean }>(dir);
    const still = Symbol('still waiting');
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 50, still))])).toBe(still);
    master.write({ ready: true });
    expect(closedLater(await waiting).current.ready).toBe(true);
  });

  it('waits for a directory that is not there', async () => {
    const later = join(dir, 'later');
    const waiting = Follower.when('region', { dir: later });
    rmSync(later, { recursive: true, force: true });
    mkdirSync(later, { recursive: true });
    openMaster(later, { initial: 'there' });
    expect(closedLater(await waiting).current).toBe('there');
    remove('region', { dir: later, force: true });
  });

  it('ends after the time that it was given', async () => {
    const waiting = Follower.when('region', { dir, timeoutMs: 40 });
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_TIMEOUT', message: expect.stringContaining('40 ms') });
  });

  it('ends with the reason of a signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = Follower.when('region', { dir, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 10);
    await expect(waiting).rejects.toBe(reason);
    await expect(Follower.when('region', { dir, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each([
    [{ timeoutMs: -1 }, 'ERR_INVALID_ARG'],
    [{ timeoutMs: Number.NaN }, 'ERR_INVALID_ARG'],
    [{ timeoutMs: '5' }, 'ERR_INVALID_ARG'],
    [{ signal: 'stop' }, 'ERR_INVALID_ARG'],
    [{ timeout: 5 }, 'ERR_INVALID_ARG'],
    [{ owner: -1 }, 'ERR_INVALID_ARG'],
  ])('refuses %j', async (options, code) => {
    await expect(Follower.when('region', { dir, ...(options as object) })).rejects.toMatchObject({ code });
  });

  it('does not wait for what will never be', async () => {
    await expect(Follower.when('no/name', { dir })).rejects.toMatchObject({ code: 'ERR_INVALID_NAME' });
  });
});
