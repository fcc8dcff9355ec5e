/** A file system that is full: the write fails with its code, the old version stands, and nothing is left behind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeKinds, newDirectory } from './kit.js';

const PROGRAM = join(import.meta.dirname, '..', '..', 'programs', 'region-full.mjs');
const OWN_MOUNTS = ['--user', '--map-root-user', '--mount'];
const canMount = spawnSync('unshare', [...OWN_MOUNTS, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const reason = canMount ? '' : ' (skipped: no file system of our own can be mounted)';

const FILES = ['filler', 'full.1.seg', 'full.ctl'];

describeKinds('a region on a full file system', (kind) => {
  it.skipIf(!canMount)(`keeps its version, and goes on when there is space${reason}`, () => {
    const dir = newDirectory();
    const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"';
    const args = [...OWN_MOUNTS, 'sh', '-c', script, 'sh', dir, process.execPath, PROGRAM];
    const said = execFileSync('unshare', args, { env: { ...process.env, JSONMMAP_SYSTEM: kind }, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({
      large: 'ERR_NO_SPACE',
      fresh: 'ERR_NO_SPACE',
      other: 'ERR_NO_SPACE',
      small: 'done',
      whole: true,
      files: kind === 'native' ? [...FILES, 'full.lock'] : [...FILES, 'full.lock.1'],
      again: 'done',
      wholeAgain: true,
      version: 3,
    });
  });
});
