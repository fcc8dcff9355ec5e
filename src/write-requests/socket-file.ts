/**
 * The socket as a file. A directory may be writable by others, who could put anything at any name in it, at any instant. So both sides hold on to an
 * inode that they have looked at, and name what they do through `/proc/self/fd`; where there is no `/proc`, the directory has to be theirs alone.
 */
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf, JsonMmapError, systemError } from '../errors.js';
import { denied } from '../region/errors.js';
import type { RegionPaths } from '../region/files/paths.js';
import { temporarySocket, unlinkTemporary } from '../region/mastership/unlink.js';
import { ownUser, trusts } from '../system/trust.js';

/** Of Linux, for every machine that Node runs on: a descriptor that stands for the file and opens nothing. */
const O_PATH = 0o10000000;
const OWNER_ONLY = 0o700;
const NOBODY = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

export interface SocketFile {
  /** What to connect to. */
  readonly path: string;
  close(): void;
}

/**
 * Returns the socket of a master that this process may trust: its own, or root's. Undefined where none is.
 * @throws `ERR_REGION_DENIED` where something else has its place
 */
export function findSocket(path: string): SocketFile | undefined {
  try {
    return process.platform === 'linux' && existsSync('/proc/self/fd') ? pinned(path) : looked(path);
  } catch (error) {
    if (error instanceof JsonMmapError) throw error;
    if (NOBODY.includes(errnoOf(error) ?? '')) return undefined;
    throw systemError(error, `look at ${path}`);
  }
}

/**
 * Lets `listen` bind a socket where nobody else can reach it, then gives it `mode` and its name, where it replaces what a dead master left. Returns
 * which file it is. The bare socket of bind(2) has the mode that the umask leaves, and a worker thread cannot set that: hence the directory.
 * @throws `ERR_REGION_DENIED`, `ERR_NO_SPACE`, `ERR_SYSTEM`; no file is left behind
 */
export function placeSocket(paths: RegionPaths, mode: number, listen: (path: string) => void): Stats {
  const directory = paths.temporary();
  try {
    mkdirSync(directory, { mode: OWNER_ONLY });
    const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      checkOurs(directory, fstatSync(fd));
      fchmodSync(fd, OWNER_ONLY); // umask has taken from it
      const bound = join(pinnedDirectory(directory, fd), basename(temporarySocket(directory)));
      listen(bound);
      chmodSync(bound, mode);
      const placed = lstatSync(bound);
      renameSync(bound, paths.socket);
      return placed;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw error instanceof JsonMmapError ? error : systemError(error, `make the control socket ${paths.socket}`);
  } finally {
    unlinkTemporary(directory);
  }
}

/** Removes the socket `ours` from its place. Another master may have taken the region, and put one of its own there. */
export function removeSocket(path: string, ours: Stats): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.ino === ours.ino && there.dev === ours.dev) rmSync(path, { force: true });
}

function pinned(path: string): SocketFile {
  const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    checkSocket(path, fstatSync(fd));
    return { path: `/proc/self/fd/${fd}`, close: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function looked(path: string): SocketFile {
  checkSocket(path, lstatSync(path));
  const directory = dirname(path);
  const { uid, mode } = statSync(directory);
  const othersReplace = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  if (!trusts(uid) || othersReplace)
    throw denied(directory, 'other users may replace the control socket in it', {
      cure: 'take write permission from them',
    });
  return { path, close: () => {} };
}

function checkSocket(path: string, stats: Stats): void {
  if (!stats.isSocket())
    throw denied(path, 'it is not a socket', { cure: 'remove it, because a master has a socket there' });
  if (!trusts(stats.uid))
    throw denied(path, `it belongs to user ${stats.uid}, to whom nothing is sent`, { cure: 'remove it' });
}

function checkOurs(directory: string, stats: Stats): void {
  if (stats.uid === ownUser() && (stats.mode & 0o077) === 0) return;
  throw denied(directory, 'another process created it while the control socket was being made');
}

function pinnedDirectory(directory: string, fd: number): string {
  const pinned = `/proc/self/fd/${fd}`;
  return existsSync(pinned) ? pinned : directory;
}
