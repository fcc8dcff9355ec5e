/** `Mmap` beside Python's `mmap`: the same operations give the same results and leave the same bytes. */
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Access, Mmap } from '../../src/mmap/index.js';
import { syscalls } from '../../src/system/syscalls.js';
import { casesOf } from '../effort.js';
import { describeSystems } from '../mmap-systems.js';
import { hasPython, noPython, PythonPeer } from '../python.js';
import { content, type Operation, perform, sequences } from './operations.js';

/** Set JSONMMAP_SEED to repeat a run. */
const seed = Number(process.env.JSONMMAP_SEED ?? Date.now() % 1_000_000_000);
const PAGE = syscalls.pageSize;

describe.skipIf(!hasPython)(`beside Python${noPython}`, () => {
  let python: PythonPeer;
  let directory: string;
  const file = (owner: string) => join(directory, owner);

  beforeAll(() => {
    // In memory where possible: thousands of flushes wait for a disk that others use too.
    directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-differential-'));
    python = new PythonPeer('mmap-reference.py');
  });
  afterAll(() => {
    python.close();
    rmSync(directory, { recursive: true });
  });

  describeSystems(`JSONMMAP_SEED=${seed}`, (load) => {
    let map: (path: string, access: Access, offset: number, length: number) => Mmap;

    beforeAll(async () => {
      const module = await load();
      map = (path, access, offset, length) => {
        const fd = openSync(path, 'r+');
        const mmap = new module.Mmap(fd, length, { access, offset });
        closeSync(fd);
        return mmap;
      };
    });

    async function compare(bytes: string, access: Access, offset: number, length: number, operations: Operation[]) {
      for (const owner of ['ours', 'python']) writeFileSync(file(owner), bytes, 'latin1');
      const open = { path: file('python'), access, offset, length };
      const expected = await python.ask({ open, operations, close: true });
      const ours = map(file('ours'), access, offset, length);
      const results = operations.map((operation) => perform(ours, operation));
      ours.close();
      expect(results).toEqual(expected);
      expect(readFileSync(file('ours'), 'latin1')).toBe(readFileSync(file('python'), 'latin1'));
    }

    it.each<Access>(['write', 'read', 'copy'])('%s: a whole file', async (access) => {
      const property = fc.asyncProperty(content(1, 200), sequences(40), (bytes, operations) =>
        compare(bytes, access, 0, 0, operations),
      );
      await fc.assert(property, { seed, numRuns: casesOf(access === 'write' ? 1500 : 300) });
    });

    it('a part of a file, from an offset', async () => {
      const property = fc.asyncProperty(
        content(50, 100),
        fc.integer({ min: 0, max: 50 }),
        sequences(40),
        (end, length, run) => compare('-'.repeat(PAGE) + end, 'write', PAGE, length, run),
      );
      await fc.assert(property, { seed, numRuns: casesOf(300) });
    });

    it('several pages', async () => {
      const property = fc.asyncProperty(content(0, 100), sequences(30), (end, operations) =>
        compare('ab'.repeat(PAGE) + end, 'write', 0, 0, operations),
      );
      await fc.assert(property, { seed, numRuns: casesOf(100) });
    });

    it('on one file at the same time: each sees what the other has stored', async () => {
      const turns = fc.array(fc.tuple(fc.boolean(), sequences(3, 'resize', 'close')), { maxLength: 20 });
      const property = fc.asyncProperty(content(1, 200), turns, async (bytes, sequence) => {
        writeFileSync(file('shared'), bytes, 'latin1');
        const ours = map(file('shared'), 'write', 0, 0);
        const theirs = { path: file('shared'), access: 'write', offset: 0, length: 0 };
        await python.ask({ open: theirs, operations: [] });
        for (const [pythons, operations] of sequence) {
          if (pythons) await python.ask({ operations });
          else for (const operation of operations) perform(ours, operation);
          expect([ours.slice().toString('latin1')]).toEqual(await python.ask({ operations: [['slice']] }));
        }
        await python.ask({ operations: [], close: true });
        ours.close();
      });
      await fc.assert(property, { seed, numRuns: casesOf(100) });
    });
  });
});
