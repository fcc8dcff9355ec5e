/** `ObjectMmap` between real processes, ours and Python's, while they write. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeSystems } from '../mmap-systems.js';
import { hasPython, noPython, PythonPeer } from '../python.js';
import { killChildren, startNode, startPython } from './children.js';

const LENGTH = 1024 * 1024;
const VERSIONS = 200;
interface Seen {
  reads: number;
  versions: number;
  torn: number;
  backwards: number;
}

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jsonmmap-interop-'));
  path = join(directory, 'share_mmap.mmap');
  vi.stubEnv('JSONMMAP_DIR', directory);
});
afterEach(() => {
  killChildren();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const environment = (kind: string) => ({ JSONMMAP_DIR: directory, JSONMMAP_SYSTEM: kind });
const startReader = (kind: string, payload: string, length: number) =>
  startNode('object-reader.mjs', [payload, length, 1200, VERSIONS], environment(kind));

describeSystems('a master that writes in a loop, and a follower of each system', (_load, kind) => {
  it.each([
    ['with room for a trailer', 'mixed', LENGTH],
    ['that fill the mapping', 'tight', 7010],
  ])('never a torn object: frames %s', async (_what, payload, length) => {
    const writer = startNode('object-writer.mjs', [payload, length], environment(kind));
    const readers = [...new Set([kind, 'syscalls'])].map((of) => startReader(of, payload, length));
    for (const seen of await Promise.all(readers.map((reader) => reader.finish<Seen>()))) {
      expect(seen).toMatchObject({ torn: 0, backwards: 0 });
      expect(seen.versions).toBeGreaterThanOrEqual(VERSIONS);
    }
    expect(await writer.finish()).toMatchObject({ refused: 0 });
  });
});

describe.skipIf(!hasPython)(`with Python${noPython}`, () => {
  describeSystems('while the other writes in a loop', (load, kind) => {
    it('a Python follower reads what our master writes', async () => {
      const { ObjectMmap } = await load();
      const writer = startNode('object-writer.mjs', ['mixed', LENGTH], environment(kind));
      const seen = await startPython('seed.py', 'read', path, LENGTH, 1, VERSIONS).finish<Seen>();
      expect(seen.versions).toBeGreaterThanOrEqual(VERSIONS);
      const { last } = await writer.finish<{ last: number }>();
      using follower = new ObjectMmap<number[]>(-1, LENGTH, { access: 'read' });
      expect(follower.jsonReadFollower()?.[0]).toBe(last);
    });

    it('our follower reads what a Python master writes', async () => {
      const { ObjectMmap } = await load();
      const writer = startPython('seed.py', 'write', path, LENGTH);
      const seen = await startReader(kind, 'python', LENGTH).finish<Seen>();
      // Not `torn: 0`: a Python master that is interrupted while it copies leaves a mixture that nobody can tell from an object.
      expect(seen.backwards).toBe(0);
      expect(seen.versions).toBeGreaterThanOrEqual(VERSIONS);
      const { last } = await writer.finish<{ last: number }>();
      using follower = new ObjectMmap<number[]>(-1, LENGTH, { access: 'read' });
      expect(follower.jsonReadFollower()?.[0]).toBe(last);
    });
  });

  describeSystems('in turns', (load) => {
    const objects = [
      ...[null, true, 0, -1.5, '', 'text', [], {}, [1, [2, [3]]], { a: { b: ['c'] } }],
      ...['Grüße, 世界 🌍', { schlüssel: 'wert' }, '\0\n"\\', 'x'.repeat(900), 'ü'.repeat(450)],
    ];

    it('each reads exactly what the other has written, whatever stood there before', async () => {
      const { ObjectMmap } = await load();
      using ours = new ObjectMmap(-1, 1024);
      const python = new PythonPeer('seed.py', 'serve', path, '1024');
      for (const object of [...objects, ...objects.toReversed()]) {
        expect(ours.jsonWrite(object)).toBe(true);
        expect(await python.ask({})).toEqual(object);
        expect(await python.ask({ write: [object] })).toBe(true);
        expect(ours.jsonReadFollower()).toEqual([object]);
      }
      python.close();
    });

    it('a Python object of the same length replaces ours, though the trailer of ours still stands behind it', async () => {
      const { ObjectMmap } = await load();
      using ours = new ObjectMmap(-1, 1024);
      const python = new PythonPeer('seed.py', 'serve', path, '1024');
      for (const [first, second] of [
        ['old', 'new'],
        ['new', 'old'],
      ]) {
        ours.jsonWrite([first]);
        expect(await python.ask({ write: [second] })).toBe(true);
        expect(ours.jsonReadFollower()).toEqual([second]);
      }
      python.close();
    });

    it('an object of ours that does not fit leaves the Python one readable, and the other way round', async () => {
      const { ObjectMmap } = await load();
      using ours = new ObjectMmap(-1, 1024);
      const python = new PythonPeer('seed.py', 'serve', path, '1024');
      await python.ask({ write: ['python'] });
      expect(ours.jsonWrite('x'.repeat(1100))).toBe(false);
      expect(ours.jsonReadFollower()).toEqual(['python']);
      ours.jsonWrite(['ours']);
      expect(await python.ask({ write: 'x'.repeat(1100) })).toBe(false);
      expect(await python.ask({})).toEqual(['ours']);
      python.close();
    });
  });
});
