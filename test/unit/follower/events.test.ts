/** What a follower tells its listeners, without being asked. */
import { closeSync, futimesSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Change, type Follower, type Master, remove } from '../../../src/index.js';
import { newDirectory, openFollower, openMaster, until } from '../master/kit.js';

let dir: string;
let master: Master;
let follower: Follower;
let told: string[];
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: { n: 0 } });
  follower = openFollower(dir);
  told = [];
});

function listen(to = follower): void {
  to.on('change', ({ version, previousVersion }) => told.push(`change ${previousVersion} ${version}`));
  to.on('master', ({ alive }) => told.push(`master ${alive}`));
  to.on('removed', () => told.push('removed'));
  to.on('error', (error) => told.push(`error ${error}`));
}

describe("'change'", () => {
  it('tells versions, patch and snapshot', async () => {
    const changes: Change[] = [];
    follower.on('change', (change) => changes.push(change));
    master.set('/n', 1);
    await until('the change', () => changes.length === 1);
    const [change] = changes;
    expect(change).toMatchObject({ version: 2, previousVersion: 1, patch: [{ op: 'replace', path: '/n', value: 1 }] });
    expect(change.patch).toBe(change.patch);
    expect(change.snapshot.current).toBe(follower.current);
    master.write([]);
    expect(change.patch).toEqual([{ op: 'replace', path: '/n', value: 1 }]);
  });

  it('comes though the version was read before it could be told', async () => {
    listen();
    master.set('/n', 1);
    expect(follower.get('/n')).toBe(1);
    await until('the change', () => told.length > 0);
    expect(told).toEqual(['change 1 2']);
  });

  it('tells what came between opening and listening', async () => {
    master.set('/n', 1);
    listen();
    await until('the change', () => told.length > 0);
    expect(told).toEqual(['change 1 2']);
  });

  it('conflates: who blocks sees the newest, and not every version', async () => {
    listen();
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 1; n <= 2000; n++) master.set('/n', n);
    await until('the newest', () => told.at(-1)?.endsWith(' 2001') ?? false);
    expect(told.length).toBeLessThan(50);
    const steps = told.map((line) => line.split(' ').slice(1).map(Number));
    steps.forEach(([previous], i) => {
      expect(previous).toBe(i === 0 ? 1 : steps[i - 1][1]);
    });
  });

  it('comes after a compaction only for what changed', async () => {
    const patches: unknown[] = [];
    follower.on('change', ({ patch }) => patches.push(...patch));
    const before = master.sizes().at(-1)?.path;
    for (let i = 0; master.sizes().at(-1)?.path === before; i++) master.set('/fill', `${i} `.repeat(30_000));
    master.set('/last', true);
    await until('the last', () => patches.some((operation) => (operation as { path: string }).path === '/last'));
    expect(new Set(patches.map((operation) => (operation as { path: string }).path))).toEqual(
      new Set(['/fill', '/last']),
    );
  });

  it('ends with close', async () => {
    listen();
    const second = openFollower(dir);
    const last = new Promise((resolve) => second.on('change', resolve));
    follower.close();
    master.set('/n', 1);
    await last;
    expect(told).toEqual([]);
  });
});

describe('a listener that throws', () => {
  it('is an uncaught exception of its own, and keeps nobody else from hearing', async () => {
    const thrown: unknown[] = [];
    const catchers = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    try {
      const values: unknown[] = [];
      const fault = new Error('in a listener');
      const fail = () => {
        throw fault;
      };
      follower.select('/n').on('change', fail);
      follower.select('/n').on('change', ({ value }) => values.push(value));
      follower.on('change', fail);
      master.on('publish', fail);
      expect(master.set('/n', 1)).toBe(2);
      await until('the value', () => values.length === 1);
      expect(master.set('/n', 2)).toBe(3);
      await until('the next value', () => values.length === 2);
      await until('all exceptions', () => thrown.length === 6);
      expect(values).toEqual([1, 2]);
      expect(new Set(thrown)).toEqual(new Set([fault]));
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of catchers) process.on('uncaughtException', listener);
    }
  });
});

describe('a listener', () => {
  it.each(['change', 'master', 'removed'] as const)("may close its follower in '%s'", async (event) => {
    const heard = new Promise<void>((resolve) =>
      follower.on(event, () => {
        follower.close();
        resolve();
      }),
    );
    const witness = openFollower(dir);
    const seen = new Promise((resolve) => witness.on(event, resolve));
    if (event === 'change') master.set('/n', 1);
    else master.close();
    if (event === 'removed') remove('region', { dir });
    await Promise.all([heard, seen]);
    expect(() => follower.current).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  it('may close a selection, and other followers', async () => {
    const [one, two] = [follower.select('/n'), follower.select('/n')];
    const others: unknown[] = [];
    one.on('change', () => two.close());
    two.on('change', () => others.push('two'));
    const other = openFollower(dir);
    const heard = new Promise((resolve) => follower.on('change', resolve));
    follower.on('change', () => other.close());
    other.on('change', () => others.push('other'));
    master.set('/n', 1);
    await heard;
    expect(others.filter((name) => name === 'two')).toEqual([]);
  });
});

describe("'master'", () => {
  it('tells that it has closed, and that another one came', async () => {
    listen();
    master.close();
    await until('the end', () => told.includes('master false'));
    expect(follower.current).toEqual({ n: 0 });
    const next = openMaster(dir);
    await until('the next', () => told.includes('master true'));
    next.set('/n', 5);
    await until('its version', () => told.includes('change 1 2'));
    expect(told).toEqual(['master false', 'master true', 'change 1 2']);
  });
});

describe("'removed'", () => {
  it('comes, and the document stays; a new region of the name is followed', async () => {
    listen();
    for (let n = 1; n <= 3; n++) master.set('/n', n);
    await until('the newest', () => told.at(-1)?.endsWith(' 4') ?? false);
    const before = follower.current;
    master.close();
    remove('region', { dir });
    await until('the removal', () => told.includes('removed'));
    expect(follower.current).toBe(before);
    expect(follower.status()).toMatchObject({ removed: true, masterAlive: false, version: 4 });

    const second = openMaster(dir, { initial: { n: 3, other: [] } });
    await until('the new region', () => told.includes('change 4 1'));
    expect(follower.current).toEqual({ n: 3, other: [] });
    expect(follower.version).toBe(1);
    expect(follower.status()).toMatchObject({ removed: false, masterAlive: true });
    second.set('/n', 4);
    await until('its next version', () => told.includes('change 1 2'));
    expect(told.filter((line) => line === 'removed').length).toBe(1);
  });

  it('and a new region that stands at the same version too', async () => {
    const change = new Promise<Change>((resolve) => follower.on('change', resolve));
    const { current } = follower;
    master.close();
    remove('region', { dir });
    // The same offsets of both files hold other values: nothing of the old one may show.
    openMaster(dir, { initial: { n: 7 } });
    expect((await change).patch).toEqual([{ op: 'replace', path: '/n', value: 7 }]);
    expect(await change).toMatchObject({ version: 1, previousVersion: 1 });
    expect(follower.current).toEqual({ n: 7 });
    expect(current).toEqual({ n: 0 });
  });

  it('comes when somebody deletes the files by hand', async () => {
    listen();
    for (const name of readdirSync(dir)) rmSync(join(dir, name));
    await until('the removal', () => told.includes('removed'));
    expect(follower.current).toEqual({ n: 0 });
    const next = openMaster(dir, { initial: 'new' });
    await until('the new region', () => follower.current === 'new');
    next.close();
  });

  it('is survived by a follower that listens to nothing', async () => {
    master.close();
    remove('region', { dir });
    expect(follower.current).toEqual({ n: 0 });
    openMaster(dir, { initial: { n: 1 } });
    await until('the new region', () => follower.get('/n') === 1);
    expect(follower.status()).toMatchObject({ removed: false, watching: 'off' });
  });

  it('is survived when the new region has no document yet', async () => {
    listen();
    master.close();
    remove('region', { dir });
    await until('the removal', () => told.includes('removed'));
    const second = openMaster(dir);
    await until('its master', () => told.includes('master true'));
    expect(follower.current).toEqual({ n: 0 });
    second.write('first');
    await until('its document', () => follower.current === 'first');
  });
});

describe("'error'", () => {
  const control = () => join(dir, 'region.ctl');
  const VERSION_OFFSET = 64;

  /** Makes the control file say that `version` is the newest, and rings. */
  function say(version: number): void {
    const fd = openSync(control(), 'r+');
    writeSync(fd, Buffer.from(new Float64Array([version]).buffer), 0, 8, VERSION_OFFSET);
    futimesSync(fd, 1, version);
    closeSync(fd);
  }

  it('tells that the region cannot be read, and the follower goes on when it can', async () => {
    listen();
    say(99);
    await until('the error', () => told.length > 0);
    expect(told[0]).toMatch(/error JsonMmapError: .*region\.ctl is damaged.*version 99/);
    expect(() => follower.current).toThrow(expect.objectContaining({ code: 'ERR_REGION_CORRUPT' }));
    say(1);
    expect(follower.current).toEqual({ n: 0 });
    master.set('/n', 1);
    await until('the change', () => told.at(-1) === 'change 1 2');
  });

  it('does not end a process that does not listen for it', async () => {
    follower.on('change', ({ version }) => told.push(`change ${version}`));
    const witness = openFollower(dir);
    const heard = new Promise((resolve) => witness.on('error', resolve));
    say(99);
    expect(await heard).toMatchObject({ code: 'ERR_REGION_CORRUPT' });
    say(1);
    master.set('/n', 1);
    await until('the change', () => told.length > 0);
    expect(told).toEqual(['change 2']);
  });
});
