/** Reading: always the newest version, older ones while they are kept, and what is refused. */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Follower, Master, remove } from '../../../src/index.js';
import { VERSION_OFFSET } from '../../../src/region/files/layout.js';
import { expectAgreement, expectSame } from '../master/agreement.js';
import { closedLater, codeOf, newDirectory, openFollower, openMaster } from '../master/kit.js';
import { applyPatch } from '../master/reference.js';

const DOCUMENT = { flags: { beta: true, list: [1, [2], {}] }, 'a/b~c': { '': 0 }, text: 'wide 😀', none: null };
const PATHS = [[], ['flags'], ['flags', 'list', '1'], ['a/b~c', ''], ['none'], ['text', 'x'], ['flags', 'list', '3']];

let dir: string;
beforeEach(() => {
  dir = newDirectory();
});

describe('a follower', () => {
  it('reads what its master wrote, in every way', () => {
    const master = openMaster(dir, { initial: DOCUMENT });
    const follower = openFollower(dir);
    for (const reader of [master, follower, follower.snapshot()]) expectAgreement(reader, DOCUMENT, PATHS);
    expect(follower.get('/a~1b~0c/')).toBe(0);
    expect(follower.path).toBe(join(dir, 'region.ctl'));
    expect(follower.name).toBe('region');
  });

  it('never reads nothing, whatever a damaged version word holds before its first read', () => {
    openMaster(dir, { initial: DOCUMENT }).close();
    for (const word of [-1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      const follower = openFollower(dir);
      const fd = openSync(join(dir, 'region.ctl'), 'r+');
      const sound = Buffer.alloc(8);
      readSync(fd, sound, 0, 8, VERSION_OFFSET);
      writeSync(fd, Buffer.from(new Float64Array([word]).buffer), 0, 8, VERSION_OFFSET);
      let read: unknown;
      const code = codeOf(() => {
        read = follower.current;
      });
      writeSync(fd, sound, 0, 8, VERSION_OFFSET);
      closeSync(fd);
      expect(code ?? read, String(word)).toEqual(code === undefined ? DOCUMENT : 'ERR_REGION_CORRUPT');
      follower.close();
    }
  });

  it('sees each version when the write returns', () => {
    const master = openMaster<{ n: number }>(dir, { initial: { n: 0 } });
    const follower = openFollower<{ n: number }>(dir);
    for (let n = 1; n <= 500; n++) {
      const version = master.set('/n', n);
      expect([follower.current.n, follower.view.n, follower.get('/n'), follower.version]).toEqual([n, n, n, version]);
    }
  });

  it('gives frozen objects, and keeps those that did not change', () => {
    const master = openMaster<typeof DOCUMENT>(dir, { initial: DOCUMENT });
    const follower = openFollower<typeof DOCUMENT>(dir);
    const before = follower.current;
    expect(follower.current).toBe(before);
    expect(Object.isFrozen(before.flags.list)).toBe(true);
    master.set('/flags/beta', false);
    expect(follower.current).not.toBe(before);
    expect(follower.current.flags.list).toBe(before.flags.list);
    expect(follower.current['a/b~c']).toBe(before['a/b~c']);
    expect(before.flags.beta).toBe(true);
  });

  it('keeps the elements of an array around those that come and go', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ i }));
    const master = openMaster<{ rows: { i: number }[] }>(dir, { initial: { rows } });
    const follower = openFollower<{ rows: { i: number }[] }>(dir);
    const before = follower.current.rows;
    master.patch([
      { op: 'add', path: '/rows/100', value: { i: -1 } },
      { op: 'remove', path: '/rows/200' },
      { op: 'add', path: '/rows/-', value: { i: -2 } },
    ]);
    const after = follower.current.rows;
    expect(after.slice(0, 100).every((row, i) => row === before[i])).toBe(true);
    master.delete('/rows/50');
    expect(follower.current.rows.slice(50).every((row, i) => row === after[i + 51])).toBe(true);
  });

  it('gives a view that refuses to be written', () => {
    openMaster(dir, { initial: DOCUMENT });
    const view = openFollower<typeof DOCUMENT>(dir).view as { flags: Record<string, unknown> };
    expect(() => {
      view.flags.beta = 1;
    }).toThrow(expect.objectContaining({ name: 'JsonMmapTypeError', code: 'ERR_READ_ONLY' }));
    expect({ ...view.flags }).toEqual(DOCUMENT.flags);
  });

  it('finds its region by the environment', async () => {
    vi.stubEnv('JSONMMAP_REGION', 'named');
    vi.stubEnv('JSONMMAP_DIR', dir);
    try {
      closedLater(Master.open('named', { initial: 1 }));
      expect(closedLater(Follower.open()).current).toBe(1);
      expect(closedLater(await Follower.when()).current).toBe(1);
      vi.stubEnv('JSONMMAP_REGION', undefined);
      expect(() => Follower.open()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_NAME' }));
      expect(() => Follower.open()).toThrow(/JSONMMAP_REGION/);
      await expect(Follower.when()).rejects.toMatchObject({ code: 'ERR_INVALID_NAME' });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('reads on as long as anybody holds a snapshot, and nothing after close', () => {
    const master = openMaster<unknown>(dir, { initial: DOCUMENT });
    const follower = openFollower(dir);
    const [snapshot, current] = [follower.snapshot(), follower.current];
    follower.close();
    follower.close();
    master.write({});
    expectAgreement(snapshot, DOCUMENT, PATHS);
    expect(current).toBe(snapshot.current);
    expect(codeOf(() => follower.current)).toBe('ERR_CLOSED');
  });

  it('is closed by the end of a block', () => {
    openMaster(dir, { initial: DOCUMENT });
    let escaped: Follower;
    {
      using follower = Follower.open('region', { dir });
      escaped = follower;
    }
    expect(codeOf(() => escaped.version)).toBe('ERR_CLOSED');
  });
});

describe('older versions', () => {
  it('can be read for as long as the master keeps them', () => {
    const master = openMaster<{ n: number; fill?: string }>(dir, { initial: { n: 1 }, history: 3 });
    const follower = openFollower<{ n: number }>(dir);
    for (let n = 2; n <= 5; n++) master.set('/n', n);
    expect(follower.history().map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]); // all in one segment
    for (const { version, committedAt } of follower.history()) {
      expect(follower.at(version)).toMatchObject({ version, committedAt, current: { n: version } });
    }
    for (let n = 6; follower.history().length > 3; n++) master.write({ n, fill: `${n} `.repeat(50_000) });
    const kept = follower.history().map(({ version }) => version);
    expect(kept.map((version) => follower.at(version).current.n)).toEqual(kept);
    expect(kept[0]).toBe(follower.version);
    expect(() => follower.at(1)).toThrow(expect.objectContaining({ code: 'ERR_VERSION_GONE' }));
    expect(codeOf(() => follower.diff(1))).toBe('ERR_VERSION_GONE');
    expect(() => follower.at(1)).toThrow('is no longer kept: the newest is');
    expect(() => follower.at(follower.version + 1)).toThrow(
      expect.objectContaining({
        code: 'ERR_VERSION_GONE',
        message: expect.stringContaining(`does not exist yet: the newest is ${follower.version}`),
      }),
    );
  });

  it('differ by a patch, in both directions', () => {
    const texts = [
      { a: 1, b: [1, 2, 3], c: { d: {} } },
      { b: [1, 3], c: { d: { e: 'x' } }, z: 0 },
      { z: 0, c: { d: { e: 'x' } }, b: [{}, 1, 3, 3] },
      [{ a: 1 }, 2],
      'scalar',
      { a: 1, b: [1, 2, 3], c: { d: {} } },
    ];
    const master = openMaster(dir, { initial: texts[0], history: texts.length });
    const follower = openFollower(dir);
    for (const text of texts.slice(1)) master.write(text);
    for (let from = 1; from <= texts.length; from++) {
      for (let to = 1; to <= texts.length; to++) {
        expectSame(applyPatch(texts[from - 1], follower.diff(from, to)), texts[to - 1]);
      }
      expect(follower.diff(from, from)).toEqual([]);
    }
    expect(follower.diff(1)).toEqual([]); // the last is equal to the first
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, '1', undefined, null])('are whole numbers, not %s', (version) => {
    openMaster(dir, { initial: {} });
    const follower = openFollower(dir);
    expect(() => follower.at(version as number)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }));
    expect(codeOf(() => follower.diff(version as number))).toBe('ERR_INVALID_ARG');
  });
});

describe('status', () => {
  it('tells how things stand', () => {
    const before = Date.now();
    const master = openMaster(dir, { initial: { text: 'x'.repeat(200_000) }, history: 7 });
    const follower = openFollower(dir);
    const status = follower.status();
    expect(status).toMatchObject({
      version: 1,
      masterPid: process.pid,
      masterAlive: true,
      removed: false,
      history: 7,
      watching: 'off',
    });
    expect(status.committedAt).toBeGreaterThanOrEqual(before);
    expect(status.committedAt + status.ageMs).toBeGreaterThanOrEqual(before);
    expect(status.bytes).toBeGreaterThan(200_000);
    expect(status.bytes).toBe(master.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 20_480));
    follower.on('change', () => {});
    expect(follower.status().watching).toBe(follower.status().system === 'native' ? 'futex' : 'watch');
    master.close();
    expect(follower.status()).toMatchObject({ masterPid: undefined, masterAlive: false });
  });
});

describe('opening', () => {
  it.each([
    ['a region that is not there', 'nowhere', {}, 'ERR_REGION_NOT_FOUND'],
    ['a name that is none', '../region', {}, 'ERR_INVALID_NAME'],
    ['an empty name', '', {}, 'ERR_INVALID_NAME'],
    ['a name that is no string', 7, {}, 'ERR_INVALID_NAME'],
    ['an option that does not exist', 'region', { timeoutMs: 1 }, 'ERR_INVALID_ARG'],
    ['an owner that is none', 'region', { owner: 'root' }, 'ERR_INVALID_ARG'],
    ['a directory that is no path', 'region', { dir: 5 }, 'ERR_INVALID_ARG'],
    ['options that are no object', 'region', 'dir', 'ERR_INVALID_ARG'],
  ])('refuses %s', (_, name, options, code) => {
    const all = typeof options === 'object' ? { dir, ...options } : options;
    expect(() => Follower.open(name as string, all as object)).toThrow(expect.objectContaining({ code }));
  });

  it('names an option that does not exist', () => {
    expect(() => Follower.open('region', { directory: dir } as object)).toThrow(/"directory".*dir, owner/);
  });

  it('refuses a region without a document', () => {
    openMaster(dir);
    expect(() => openFollower(dir)).toThrow(expect.objectContaining({ code: 'ERR_REGION_NOT_FOUND' }));
    expect(() => openFollower(dir)).toThrow(/Follower\.when/);
  });

  it('refuses a file that no master wrote', () => {
    const foreign = newDirectory();
    writeFileSync(join(foreign, 'foreign.ctl'), 'x'.repeat(30_000), { mode: 0o600 });
    expect(codeOf(() => openFollower(foreign, {}, 'foreign'))).toBe('ERR_REGION_CORRUPT');
    writeFileSync(join(foreign, 'foreign.ctl'), '');
    expect(codeOf(() => openFollower(foreign, {}, 'foreign'))).toBe('ERR_REGION_CORRUPT');
    expect(() => openFollower(foreign, {}, 'foreign')).toThrow(/remove the region/);
    remove('foreign', { dir: foreign });
  });
});
