/** What masters promise about power loss, and when; that they keep it is proved in test/durability. */
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check, Master, type MasterOptions } from '../../../src/index.js';
import { COMMIT_SLOT_OFFSET, COMMIT_SLOT_STRIDE, COMMIT_SLOTS } from '../../../src/region/files/layout.js';
import { diskParent, noDisk } from '../region/kit.js';
import { codeOf, newDirectory, openFollower, openMaster, until } from './kit.js';

const TMPFS = 0x01021994;
const DISK = { durability: 'disk' } as const;
/** Longer than any test: nothing happens by the clock. */
const GROUP = { ...DISK, groupMs: 1e9 } as const;

describe('the options', () => {
  it.each<[MasterOptions<unknown>, string]>([
    [{ durability: 'maybe' as 'disk' }, 'durability'],
    [{ groupMs: 5 }, 'groupMs'],
    [{ durability: 'none', groupMs: 5 }, 'groupMs'],
    [{ ...DISK, groupMs: -1 }, 'groupMs'],
    [{ ...DISK, groupMs: Number.NaN }, 'groupMs'],
    [{ ...DISK, groupMs: 2 ** 31 }, 'groupMs'],
  ])('refuse %o', (options, named) => {
    const open = () => Master.open('region', { dir: newDirectory(), ...options });
    expect(codeOf(open)).toBe('ERR_INVALID_ARG');
    expect(open).toThrow(named);
  });

  it.skipIf(statfsSync(newDirectory()).type !== TMPFS)('refuse a directory in memory', () => {
    const dir = newDirectory();
    const open = () => Master.open('region', { dir, ...DISK });
    expect(codeOf(open)).toBe('ERR_DIRECTORY');
    expect(open).toThrow('dir');
    openMaster(dir, { initial: 1 }); // what was begun is no obstacle
  });
});

describe.skipIf(noDisk)(`on a disk${noDisk}`, () => {
  const newDisk = () => newDirectory(diskParent);

  it('each write is durable when it returns', async () => {
    const dir = newDisk();
    const master = openMaster<{ n: number }>(dir, { initial: { n: 0 }, ...DISK });
    const follower = openFollower<{ n: number }>(dir);
    for (let n = 1; n < 5; n++) {
      expect(master.set('/n', n)).toBe(n + 1);
      expect(follower.current.n).toBe(n);
      expect(await master.durable()).toBe(n + 1);
    }
  });

  it('a region stays what it is until somebody says otherwise', async () => {
    const dir = newDisk();
    const isDurable = (options: MasterOptions<unknown>) => {
      const master = openMaster(dir, options);
      const answer = master.durable().then(
        () => true,
        (error) => error.code,
      );
      master.set('/n', Math.random());
      master.close();
      return answer;
    };
    expect(await isDurable({ initial: {} })).toBe('ERR_UNSUPPORTED');
    expect(await isDurable(DISK)).toBe(true);
    expect(await isDurable({})).toBe(true);
    expect(await isDurable({ durability: 'none' })).toBe('ERR_UNSUPPORTED');
    expect(await isDurable({})).toBe('ERR_UNSUPPORTED');
    expect(await isDurable(DISK)).toBe(true);
  });

  it('a version in no commit slot is found by check, and is in one again under the next master', () => {
    const dir = newDisk();
    const master = openMaster(dir, { initial: 1, ...DISK });
    master.write(2);
    master.close();
    const file = openSync(master.path, 'r+');
    const slots = Buffer.alloc(COMMIT_SLOTS * COMMIT_SLOT_STRIDE);
    writeSync(file, slots, 0, slots.length, COMMIT_SLOT_OFFSET);
    closeSync(file);
    expect(check('region', { dir }).problems).toEqual([
      expect.objectContaining({ severity: 'error', path: master.path }),
    ]);
    expect(openMaster(dir).current).toBe(2);
    expect(check('region', { dir }).problems).toEqual([]);
  });

  describe('writes of a group', () => {
    const open = (options: MasterOptions<Record<string, unknown>> = {}) => {
      const dir = newDisk();
      const master = openMaster<Record<string, unknown>>(dir, { initial: {}, ...GROUP, ...options });
      return { dir, master, follower: openFollower<Record<string, unknown>>(dir) };
    };

    it('return the version at which they are seen, which is one', async () => {
      const { master, follower } = open();
      const told: unknown[] = [];
      master.on('publish', (event) => told.push(event));
      expect([master.set('/a', 1), master.set('/b', 2), master.merge({ c: 3 })]).toEqual([2, 2, 2]);
      expect(master.current).toEqual({ a: 1, b: 2, c: 3 });
      expect([master.version, follower.version, follower.current]).toEqual([1, 1, {}]);
      expect(await master.durable()).toBe(2);
      expect([master.version, follower.version, follower.current]).toEqual([2, 2, { a: 1, b: 2, c: 3 }]);
      expect(told).toEqual([{ version: 2, previousVersion: 1 }]);
    });

    it('that come while one is on its way form the next', async () => {
      const { master, follower } = open();
      master.set('/a', 1);
      const first = master.durable();
      await turn();
      await turn();
      expect(master.set('/a', 2)).toBe(3);
      const second = master.durable();
      expect(await first).toBe(2);
      expect(follower.current).toEqual({ a: 1 });
      expect(await second).toBe(3);
      expect(follower.current).toEqual({ a: 2 });
    });

    it('become durable by the clock, however often there is another', async () => {
      const { master, follower } = open({ groupMs: 20 });
      let n = 0;
      await until('a version that nobody waited for', () => {
        master.set('/n', ++n);
        return follower.version > 3;
      });
    });

    it('that undo each other publish nothing', async () => {
      const { master } = open();
      master.set('/a', 1);
      expect(master.delete('/a')).toBeGreaterThan(0);
      const before = master.version;
      master.transaction(() => {
        master.set('/b', 1);
        master.delete('/b');
      });
      await master.durable();
      expect(master.current).toEqual({});
      expect(master.version).toBeLessThanOrEqual(before + 1);
    });

    it('stand though one among them fails', async () => {
      const { master, follower } = open({ schema: z.record(z.string(), z.number()) as never });
      master.set('/a', 1);
      expect(codeOf(() => master.set('/b', 'no number'))).toBe('ERR_SCHEMA');
      expect(codeOf(() => master.delete('/c'))).toBe('ERR_PATH_NOT_FOUND');
      expect(
        codeOf(() =>
          master.transaction(() => {
            master.set('/d', 4);
            master.delete('/e');
          }),
        ),
      ).toBe('ERR_PATH_NOT_FOUND');
      master.set('/f', 6);
      await master.durable();
      expect(follower.current).toEqual({ a: 1, f: 6 });
    });

    it('are published by close', () => {
      const { master, follower } = open();
      master.set('/a', 1);
      master.close();
      expect(follower.current).toEqual({ a: 1 });
    });

    it('are published by close, but for those of a transaction that it ends', () => {
      const { master, follower } = open({ schema: z.record(z.string(), z.number()) as never });
      master.set('/a', 1);
      const body = () => {
        master.set('/a', 'half of it, and never validated');
        master.transaction(() => void master.set('/b', 2));
        master.close();
      };
      expect(codeOf(() => master.transaction(body))).toBe('ERR_CLOSED');
      expect(follower.current).toEqual({ a: 1 });
    });

    it('are published by close though some are on their way', async () => {
      const { master, follower } = open();
      master.set('/a', 1);
      const first = master.durable();
      await turn();
      await turn();
      master.set('/b', 2);
      master.close();
      expect(follower.current).toEqual({ a: 1, b: 2 });
      expect(await first).toBeGreaterThan(1);
    });

    it('move to a fresh segment when it is due', async () => {
      const { master, follower } = open();
      for (let i = 0; i < 12; i++) {
        for (let key = 0; key < 4; key++) master.set(`/${key}`, `${i} ${key}`.repeat(10_000));
        await master.durable();
        expect(follower.current).toEqual(master.current);
      }
      expect(follower.history()[0].segment).toBeGreaterThan(1);
    });

    it('are all lost when the region is, and say so', async () => {
      const { dir, master } = open();
      const { remove } = await import('../../../src/index.js');
      master.set('/a', 1);
      remove('region', { dir, force: true });
      await expect(master.durable()).rejects.toMatchObject({ code: 'ERR_FENCED' });
      expect(codeOf(() => master.set('/a', 2))).toBe('ERR_FENCED');
      await expect(master.durable()).rejects.toMatchObject({ code: 'ERR_FENCED' });
      expect(codeOf(() => master.close())).toBe('ERR_FENCED');
      master.close();
    });
  });
});
