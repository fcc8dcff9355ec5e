/** Changes as an async iteration: each step once, the newest for who is slow, and an end for who waits. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change, Follower, Master } from '../../../src/index.js';
import { codeOf, newDirectory, openFollower, openMaster } from '../master/kit.js';

interface Config {
  a: unknown;
  b: unknown;
}

let master: Master<Config>;
let follower: Follower<Config>;
beforeEach(() => {
  const dir = newDirectory();
  master = openMaster<Config>(dir, { initial: { a: 0, b: 0 } });
  follower = openFollower<Config>(dir);
});

async function take(changes: AsyncIterator<Change<Config>>): Promise<Change<Config> | undefined> {
  return (await changes.next()).value;
}

describe('changes', () => {
  it('come one after the other', async () => {
    const changes = follower.changes();
    for (let n = 1; n <= 5; n++) {
      const version = master.set('/a', n);
      const change = await take(changes);
      expect(change).toMatchObject({ version, previousVersion: version - 1 });
      expect(change?.patch).toEqual([{ op: 'replace', path: '/a', value: n }]);
      expect(change?.snapshot.get('/a')).toBe(n);
    }
  });

  it('begin when they are asked for, not when they are first awaited', async () => {
    const changes = follower.changes();
    master.set('/a', 1);
    follower.current;
    expect((await take(changes))?.patch).toEqual([{ op: 'replace', path: '/a', value: 1 }]);
  });

  it('wait for news', async () => {
    const changes = follower.changes();
    const next = take(changes);
    const version = master.set('/a', 1);
    expect((await next)?.version).toBe(version);
  });

  it('conflate: who is slow gets one step to the newest', async () => {
    const changes = follower.changes();
    for (let n = 1; n <= 300; n++) master.set('/a', n);
    const change = await take(changes);
    expect(change).toMatchObject({ version: 301, previousVersion: 1 });
    expect(change?.patch).toEqual([{ op: 'replace', path: '/a', value: 300 }]);
  });

  it('below a path are those of that path', async () => {
    const changes = follower.changes({ path: '/b' });
    const next = take(changes);
    for (let n = 1; n <= 10; n++) master.set('/a', n);
    const version = master.set('/b', { c: 1 });
    expect(await next).toMatchObject({ version, patch: [{ op: 'replace', path: '/b', value: { c: 1 } }] });
    master.set('/b/c', 2);
    expect((await take(changes))?.patch).toEqual([{ op: 'replace', path: '/b/c', value: 2 }]);
    master.delete('/b');
    expect((await take(changes))?.patch).toEqual([{ op: 'remove', path: '/b' }]);
    master.set('/b', []);
    expect((await take(changes))?.patch).toEqual([{ op: 'add', path: '/b', value: [] }]);
  });

  it('come to each of several iterations', async () => {
    const [one, two] = [follower.changes(), follower.changes({ path: '/b' })];
    const all = [take(one), take(two), take(one)];
    const first = master.set('/a', 1);
    await all[0];
    const second = master.set('/b', 1);
    expect((await Promise.all(all)).map((change) => change?.version)).toEqual([first, second, second]);
  });

  it('are given out in the order in which they were asked for', async () => {
    const changes = follower.changes();
    const asked = [take(changes), take(changes), take(changes)];
    const versions: unknown[] = [];
    for (const [n, change] of asked.entries()) {
      master.set('/a', n + 1);
      versions.push((await change)?.version);
    }
    expect(versions).toEqual([2, 3, 4]);
  });

  it('end with break', async () => {
    const seen: number[] = [];
    master.set('/a', 1);
    const changes = follower.changes();
    master.set('/a', 2);
    for await (const { version } of changes) {
      seen.push(version);
      if (seen.length === 2) break;
      master.set('/a', 3);
    }
    expect(seen).toEqual([3, 4]);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  it('end for who waits: by return, and when the follower closes', async () => {
    const [one, two] = [follower.changes(), follower.changes()];
    const [first, second] = [one.next(), two.next()];
    expect(await one.return?.()).toEqual({ done: true, value: undefined });
    expect(await first).toEqual({ done: true, value: undefined });
    follower.close();
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await two.next()).toEqual({ done: true, value: undefined });
    expect(codeOf(() => follower.changes())).toBe('ERR_CLOSED');
  });

  it('end with the reason of a signal, then and later', async () => {
    const controller = new AbortController();
    const changes = follower.changes({ signal: controller.signal });
    const waiting = changes.next();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(() => follower.changes({ signal: controller.signal })).toThrow(reason);

    const later = new AbortController();
    const others = follower.changes({ signal: later.signal });
    master.set('/a', 1);
    expect((await take(others))?.version).toBe(2);
    later.abort(reason);
    await expect(others.next()).rejects.toBe(reason);
  });

  it('leave nothing behind on a signal', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const changes = follower.changes({ signal });
    for (let n = 1; n <= 5; n++) {
      const next = changes.next();
      await Promise.resolve().then(() => master.set('/a', n));
      await next;
    }
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls).toEqual(added.mock.calls);
  });

  it.each([
    [{ path: 'a' }, 'ERR_PATH_INVALID'],
    [{ paths: '/a' }, 'ERR_INVALID_ARG'],
    [{ signal: {} }, 'ERR_INVALID_ARG'],
    [null, 'ERR_INVALID_ARG'],
  ])('refuse %j', (options, code) => {
    expect(codeOf(() => follower.changes(options as object))).toBe(code);
  });
});
