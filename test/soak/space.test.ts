/** README 2 and 7: how much a document takes that is rewritten again and again while others read it, on file systems that have little. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms } from '../../soak/bundle.mjs';
import { mountSmall } from '../../soak/small-disk.mjs';
import { rewrite } from '../../soak/space.mjs';
import { newDirectory } from '../unit/region/kit.js';

const TIMEOUT_MS = 300_000;
const MIB = 2 ** 20;
/** The newest, the one before while it is left, and a third of that which a failed attempt has added. */
const MOST_SEGMENTS = 2.5;

const probe = newDirectory();
const mayMount = mountSmall(join(probe, 'probe')) !== undefined;
spawnSync('umount', [join(probe, 'probe')]);
const reason = mayMount ? '' : ' (skipped: this process may not mount a file system)';

let unmount: (() => void) | undefined;
afterEach(() => unmount?.());
beforeAll(() => bundlePrograms());

/** A region directory on a file system of its own. */
function small(size: string): string {
  const mount = join(newDirectory(), 'disk');
  unmount = mountSmall(mount, size);
  const dir = join(mount, 'region');
  mkdirSync(dir, { mode: 0o700 });
  return dir;
}

describe.skipIf(!mayMount)(`a document that is rewritten again and again${reason}`, () => {
  it.each([
    ['a listener', ['listener']],
    ['whoever holds nothing', ['patches', 'current', 'get', 'selection', 'iterator', 'listener*']],
  ])(
    'takes what README says beside %s',
    async (_, kinds) => {
      const task = { dir: small('16m'), kinds, documentBytes: MIB };
      const found = await rewrite({ ...task, ended: ({ writes }) => writes === 40 });
      expect(found).toMatchObject({ writes: 40, faults: [] });
      const held = kinds.includes('iterator') ? 1 : 0;
      expect(found.mostBytes / found.segmentBytes).toBeLessThan(MOST_SEGMENTS + held);
    },
    TIMEOUT_MS,
  );

  it(
    'takes the segment of a snapshot more beside who holds one',
    async () => {
      const task = { dir: small('16m'), kinds: ['listener', 'holder'], documentBytes: MIB };
      const found = await rewrite({ ...task, ended: ({ writes }) => writes === 40 });
      expect(found).toMatchObject({ writes: 40, faults: [] });
      expect(found.mostBytes / found.segmentBytes).toBeLessThan(MOST_SEGMENTS + 1.5);
    },
    TIMEOUT_MS,
  );

  it(
    'takes no more than there is beside who drops what it was handed out',
    async () => {
      const task = { dir: small('16m'), kinds: ['views', 'snapshots', 'views*'], documentBytes: MIB };
      const found = await rewrite({ ...task, ended: ({ writes }) => writes === 60 });
      expect(found).toMatchObject({ writes: 60, faults: [] });
      expect(found.mostBytes).toBeLessThan(0.75 * 16 * MIB);
    },
    TIMEOUT_MS,
  );

  it(
    'takes one segment beside who does nothing',
    async () => {
      const task = { dir: small('16m'), kinds: ['idle', 'idle*'], documentBytes: MIB };
      const found = await rewrite({ ...task, ended: ({ writes }) => writes === 5 });
      expect(found).toMatchObject({ writes: 5, faults: [] });
      expect(found.mostBytes / found.segmentBytes).toBeLessThan(1.5);
    },
    TIMEOUT_MS,
  );

  it(
    'of 4 MiB finds space on a file system of 64 MiB',
    async () => {
      const task = { dir: small('64m'), kinds: ['listener'], documentBytes: 4 * MIB };
      const found = await rewrite({ ...task, ended: ({ writes }) => writes === 25 });
      expect(found).toMatchObject({ writes: 25, faults: [] });
      expect(found.mostBytes / found.segmentBytes).toBeLessThan(MOST_SEGMENTS);
    },
    TIMEOUT_MS,
  );
});
