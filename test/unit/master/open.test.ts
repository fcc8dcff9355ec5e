/** Becoming master: options, the first document, takeover, and who is in the way. */
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { check, Master, type MasterOptions, regions, remove } from '../../../src/index.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

describe('initial', () => {
  it('is published where no document stands', () => {
    const master = openMaster(dir, { initial: { a: new Date(0) } });
    expect(master.version).toBe(1);
    expectSame(openFollower(dir).current, { a: '1970-01-01T00:00:00.000Z' });
  });

  it('is ignored where one does, even null', () => {
    openMaster(dir, { initial: null }).close();
    const second = openMaster(dir, { initial: 'other' });
    expect(second.current).toBeNull();
    expect(second.version).toBe(1);
  });

  it('is used by the second master, where the first wrote nothing', () => {
    openMaster(dir).close();
    expect(openMaster(dir, { initial: 1 }).current).toBe(1);
  });

  it.each([() => 1, Symbol('s'), 1n, { a: 1n }])('is refused where JSON has no value for it: %o', (initial) => {
    expect(codeOf(() => openMaster(dir, { initial }))).toBe('ERR_NOT_SERIALIZABLE');
    expect(openMaster(dir, { initial: 1 }).version).toBe(1);
  });
});

describe('a takeover', () => {
  const DOCUMENT = { rows: Array.from({ length: 500 }, (_, i) => ({ i, text: `row ${i}` })) };

  it('continues the versions and reuses the document', () => {
    const first = openMaster<unknown>(dir, { initial: DOCUMENT });
    first.set('/n', 1);
    first.close();
    const follower = openFollower(dir);
    const before = follower.history()[0];
    const second = openMaster<unknown>(dir);
    expect(second.version).toBe(2);
    expectSame(second.current, { ...DOCUMENT, n: 1 });
    expect(second.write({ ...structuredClone(DOCUMENT), n: 1 })).toBe(2);
    expect(second.write({ ...structuredClone(DOCUMENT), n: 2 })).toBe(3);
    const after = follower.history()[0];
    expect(after.segment).toBe(before.segment);
    expect(after.watermark - before.watermark).toBeLessThan(300);
    expectSame(follower.current, { ...DOCUMENT, n: 2 });
  });

  it('happens a hundred times, and nothing is left behind', () => {
    for (let n = 1; n <= 100; n++) {
      const master = openMaster<unknown>(dir, { initial: {} });
      expect(master.set('/n', n)).toBe(n + 1);
      master.close();
    }
    expect(readdirSync(dir).filter((name) => name.endsWith('.seg'))).toHaveLength(1);
    expect(openFollower(dir).current).toEqual({ n: 100 });
  });

  it('removes the control socket of a dead master, also where the next one takes no requests', async () => {
    const path = join(dir, 'region.sock');
    openMaster(dir, { initial: {} }).close();
    await leaveSocket(path);
    expect(check('region', { dir }).problems).toMatchObject([{ severity: 'leftover', path }]);
    openMaster(dir).close();
    expect(existsSync(path)).toBe(false);
    expect(check('region', { dir }).problems).toEqual([]);
  });

  it('knows how much is garbage: what masters leave to one another does not add up', () => {
    for (let round = 0; round < 6; round++) {
      const master = openMaster<unknown>(dir, { initial: {} });
      for (let n = 0; n < 60; n++) master.set('/fill', `${round} ${n} `.repeat(400));
      master.close();
    }
    expect(check('region', { dir }).usedBytes).toBeLessThan(400_000);
  });
});

describe('a second master', () => {
  it('is told who holds the region', () => {
    openMaster(dir, { initial: {} });
    expect(() => openMaster(dir)).toThrow(
      expect.objectContaining({
        code: 'ERR_REGION_LOCKED',
        pid: process.pid,
        message: expect.stringContaining(`${process.pid}`),
      }),
    );
  });

  it('waits as long as it was asked to', () => {
    openMaster(dir, { initial: {} });
    const began = performance.now();
    expect(() => openMaster(dir, { wait: { timeoutMs: 60 } })).toThrow(
      expect.objectContaining({ code: 'ERR_TIMEOUT', pid: process.pid }),
    );
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
    expect(codeOf(() => openMaster(dir, { wait: { timeoutMs: 0 } }))).toBe('ERR_TIMEOUT');
  });

  it('does not wait with a signal that is aborted', () => {
    openMaster(dir, { initial: {} });
    const reason = new Error('enough');
    expect(() => openMaster(dir, { wait: { signal: AbortSignal.abort(reason) } })).toThrow(reason);
  });

  it('may have another region', () => {
    openMaster(dir, { initial: 1 }, 'one');
    openMaster(dir, { initial: 2 }, 'two');
    expect(regions({ dir }).map(({ name, masterAlive }) => [name, masterAlive])).toEqual([
      ['one', true],
      ['two', true],
    ]);
  });
});

describe('options', () => {
  it.each<[object, RegExp]>([
    [{ inital: {} }, /"inital".*initial/],
    [{ maxbytes: 1e6 }, /"maxbytes".*maxBytes/],
    [{ wait: { timeout: 5 } }, /"timeout".*timeoutMs/],
    [{ wait: 5 }, /options must be an object/],
    [{ wait: { timeoutMs: -1 } }, /timeoutMs/],
    [{ wait: { timeoutMs: 'long' } }, /timeoutMs/],
    [{ wait: { signal: true } }, /AbortSignal/],
    [{ mode: 0o666 }, /mode/],
    [{ mode: 0o604 }, /mode/],
    [{ mode: '600' }, /mode/],
    [{ history: 0 }, /history/],
    [{ history: 1.5 }, /history/],
    [{ history: 1e9 }, /history/],
    [{ maxBytes: 1000 }, /maxBytes/],
    [{ maxBytes: '1 GB' }, /maxBytes/],
    [{ dir: '' }, /dir/],
  ])('%o is refused by name', (options, message) => {
    const attempt = () => Master.open('region', { dir, ...options } as MasterOptions<unknown>);
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) }),
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each(['../up', 'a/b', '', '.hidden', 'x'.repeat(101), 'nul\0', 7, undefined])('%j is no name', (name) => {
    expect(codeOf(() => Master.open(name as string, { dir }))).toBe('ERR_INVALID_NAME');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('mode lets others read', () => {
    openMaster(dir, { initial: {}, mode: 0o644 });
    expect(statSync(join(dir, 'region.ctl')).mode & 0o777).toBe(0o644);
    expect(statSync(join(dir, 'region.1.seg')).mode & 0o777).toBe(0o644);
    const other = openMaster(dir, { initial: {} }, 'other');
    expect(statSync(other.path).mode & 0o777).toBe(0o600);
  });

  it('dir is created', () => {
    const deep = join(dir, 'not', 'there', 'yet');
    openMaster(deep, { initial: 1 }).close();
    expect(existsSync(join(deep, 'region.ctl'))).toBe(true);
    remove('region', { dir: deep });
  });

  it('dir may not be a file', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    expect(codeOf(() => openMaster(file))).toBe('ERR_DIRECTORY');
  });

  it('history keeps versions readable', () => {
    const master = openMaster<unknown>(dir, { initial: {}, history: 3 });
    for (let n = 1; n <= 6; n++) master.write({ n, fill: `${n}`.repeat(200_000) });
    const follower = openFollower<{ n: number }>(dir);
    expect([5, 6, 7].map((version) => follower.at(version).current.n)).toEqual([4, 5, 6]);
  });
});

/** A socket where nobody listens, as a process leaves it that is killed. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.bound`);
  await once(server, 'listening');
  renameSync(`${path}.bound`, path);
  server.close();
  await once(server, 'close');
}
