/** A disk that reports an error: the version that stands stays, and the master says that it can publish no more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { check, Follower, Master } from '../../src/index.js';
import { describeKinds, scratchParent } from '../unit/region/kit.js';
import { load } from './library.js';

const TIMEOUT_MS = 300_000;

const disk = vi.hoisted(() => ({ failsAfter: Infinity }));

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>();
  const fails = () => --disk.failsAfter < 0;
  const eio = () => Object.assign(new Error('EIO'), { code: 'EIO' });
  const failing = {
    ...original,
    statfsSync: (path: string) => ({ ...original.statfsSync(path), type: 0xef53 }),
    fdatasyncSync(fd: number) {
      if (fails()) throw eio();
      original.fdatasyncSync(fd);
    },
    fdatasync(fd: number, done: (error: Error | null) => void) {
      if (fails()) setImmediate(() => done(eio()));
      else original.fdatasync(fd, done);
    },
  };
  return { ...failing, default: failing };
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(scratchParent, 'jsonmmap-disk-'));
});
afterEach(() => {
  disk.failsAfter = Infinity;
  rmSync(dir, { recursive: true, force: true });
});

describeKinds('a sync that fails', (kind) => {
  it.each([0, 1])('ends the master, number %i of a publish', async (failsAfter) => {
    const library = await load(kind);
    const master = library.Master.open<{ n: number }>('doc', { dir, durability: 'disk', initial: { n: 0 } });
    disk.failsAfter = failsAfter;
    expect(() => master.set('/n', 1)).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
    disk.failsAfter = Infinity;
    expect(() => master.set('/n', 2)).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
    expect([master.version, master.current]).toEqual([1, { n: 0 }]);
    master.close();
    expectNext(1 + failsAfter);
  });

  it.each([0, 1])('ends the master, number %i of a group', async (failsAfter) => {
    const library = await load(kind);
    const options = { dir, durability: 'disk', groupMs: 1e9, initial: { n: 0 } } as const;
    const master = library.Master.open<{ n: number }>('doc', options);
    master.set('/n', 1);
    disk.failsAfter = failsAfter;
    await expect(master.durable()).rejects.toMatchObject({ code: 'ERR_SYSTEM' });
    disk.failsAfter = Infinity;
    expect(() => master.set('/n', 2)).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
    expect(master.version).toBe(1);
    expect(() => master.close()).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
    expectNext(1 + failsAfter);
  });

  it('leaves one version or the other, whichever of a life it is', { timeout: TIMEOUT_MS }, async () => {
    const { Master, check } = await load(kind);
    const segments = new Set<number>();
    for (let syncs = 0; syncs < 30; syncs++) {
      const name = `doc-${syncs}`;
      const master = Master.open<string>(name, { dir, durability: 'disk', initial: '' });
      const documents = [''];
      disk.failsAfter = syncs;
      const writeOn = () => {
        for (;;) master.write(documents[documents.push(`${documents.length} `.repeat(40_000)) - 1]);
      };
      expect(writeOn).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
      master.close();
      disk.failsAfter = Infinity;
      const next = Master.open<string>(name, { dir });
      expect(documents.slice(-2)).toContain(next.current);
      expect(check(name, { dir }).problems).toEqual([]);
      segments.add(Follower.open(name, { dir }).history()[0].segment);
      next.close();
    }
    expect(segments.size).toBeGreaterThan(1); // some were compacted
  });

  /** What was in a commit slot when the disk failed is published by the next master; the rest never was. */
  function expectNext(version: number): void {
    const follower = Follower.open<{ n: number }>('doc', { dir });
    expect(follower.version).toBe(1);
    const next = Master.open<{ n: number }>('doc', { dir });
    expect([next.version, next.current.n]).toEqual([version, version - 1]);
    expect(follower.current.n).toBe(version - 1);
    expect(check('doc', { dir }).problems).toEqual([]);
    next.close();
    follower.close();
  }
});
