/** What can stand at a path where a file of a region should be, and a region to put it into. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Master } from '../../src/index.js';
import { afterEachTest } from '../cleanup.js';

export const isRoot = process.getuid?.() === 0;
/** A reason to put into a test's name. */
export const needsRoot = isRoot ? '' : ' (skipped: only root can do that)';

export const NAME = 'h';

/** Puts something at `path`, where nothing is. `victim` is a file outside that must stay as it is, `aside` the file that belongs there. */
export type Squat = (path: string, victim: string, aside: string) => void;

export const squats: Readonly<Record<string, Squat>> = {
  'a link to a file outside': (path, victim) => symlinkSync(victim, path),
  'a link to what belongs there': (path, _, aside) => symlinkSync(aside, path),
  'a link to nowhere': (path) => symlinkSync(join(path, '..', 'nowhere'), path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a directory': (path) => mkdirSync(path),
  'a directory with something in it': (path) => {
    mkdirSync(path);
    writeFileSync(join(path, 'precious'), 'precious');
  },
  'a FIFO': (path) => run('mkfifo', '-m', '600', path),
  ...(isRoot && { 'a device': (path: string) => run('mknod', '-m', '600', path, 'c', '1', '5') }), // /dev/zero
};

const made: string[] = [];

/** Creates a directory that is removed after the test. */
export function scratch(): string {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'jsonmmap-hostile-'));
  made.push(dir);
  return dir;
}

afterEachTest(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Creates a region of two versions without a master. */
export function region(dir: string, name = NAME, mode = 0o600): void {
  const master = Master.open(name, { dir, mode, initial: { version: 1, list: [1, 2, 3] } });
  master.set('/version', 2);
  master.close();
}

/** Moves the file at `path` aside, if there is one, and lets `squat` take its place. */
export function takePlace(path: string, squat: Squat): { victim: string; unchanged: () => boolean } {
  const aside = `${path}-aside`;
  const victim = join(path, '..', 'victim');
  writeFileSync(victim, 'must stay', { mode: 0o640 });
  if (existsSync(path)) renameSync(path, aside);
  const before = picture(victim);
  squat(path, victim, aside);
  return { victim, unchanged: () => picture(victim) === before };
}

function picture(path: string): string {
  const { mode, uid, size, mtimeMs, nlink } = lstatSync(path);
  return JSON.stringify([mode, uid, size, mtimeMs, nlink, readFileSync(path, 'utf8')]);
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}
