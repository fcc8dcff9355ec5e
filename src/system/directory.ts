/**
 * The region directory: where named memory and regions are files, so that unrelated processes of any language find them.
 *
 * The default lies in a directory that everybody may write to (`/dev/shm`, or the temporary directory), so its name can be
 * taken by somebody else first. It is used only if it is a real directory of ours or of root that nobody else may write
 * to, under a parent whose sticky bit keeps others from replacing it. A directory that the user names is the
 * user's choice: it may be a symbolic link or shared, and the owner of each file in it is checked when it is opened.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { errnoOf, JsonMmapError, PERMISSION_MODEL, systemError } from '../errors.js';
import { distrust, ownUser } from './trust.js';

const SHARED_MEMORY = '/dev/shm';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Returns the absolute path of the region directory, created if it is missing and checked. A few system calls.
 * @param dir Directory to use; default `JSONMMAP_DIR`, else `jsonmmap-<uid>` in `/dev/shm` or the temporary directory.
 * @param mode Mode of the files that will lie in it, default 0o600: users who may read them may enter and list the directory.
 * @throws `ERR_INVALID_ARG` for an argument that is no path or no mode; `ERR_DIRECTORY` when the directory cannot be used,
 *   `ERR_REGION_DENIED` and `ERR_NO_SPACE` when it cannot be created.
 */
export function regionDirectory(dir?: string, mode = 0o600): string {
  checkDirectoryArguments(dir, mode);
  const named = dir ?? (process.env.JSONMMAP_DIR || undefined);
  return named === undefined ? ownDirectory(directoryMode(mode)) : namedDirectory(resolve(named), directoryMode(mode));
}

/**
 * Returns `name` if it can be part of a file name everywhere: a letter or digit, then up to 99 of `A-Z a-z 0-9 . _ -`.
 * @throws `ERR_INVALID_NAME`
 */
export function checkName(name: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 120)) : `a ${typeof name}`;
  throw new JsonMmapError('ERR_INVALID_NAME', `${shown} is not a name`, {
    cure: `use a letter or digit, then at most 99 letters, digits, dots, underscores or hyphens`,
  });
}

function checkDirectoryArguments(dir: unknown, mode: unknown): void {
  if (dir !== undefined && (typeof dir !== 'string' || dir === '' || dir.includes('\0'))) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'dir must be the path of a directory: a string, not empty, without NUL');
  }
  if (!Number.isInteger(mode) || (mode as number) < 0 || (mode as number) > 0o777) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'mode must be a file mode between 0 and 0o777');
  }
}

/** Read permission on the files becomes read and search permission on the directory, class by class. */
function directoryMode(fileMode: number): number {
  const read = fileMode & 0o044;
  return 0o700 | read | (read >> 2);
}

function namedDirectory(path: string, mode: number): string {
  createDirectory(path, mode);
  if (!examine(path, statSync).isDirectory()) throw unusable(path, 'it is not a directory');
  return path;
}

function ownDirectory(mode: number): string {
  const name = `jsonmmap-${ownUser() ?? 'user'}`;
  const parent = sharedMemoryHolds(name) ? SHARED_MEMORY : tmpdir();
  checkParent(parent);
  const path = join(parent, name);
  createDirectory(path, mode);
  const stats = examine(path, lstatSync);
  const reason = distrust(stats, 'directory')?.reason;
  if (reason !== undefined) throw unusable(path, reason);
  if ((stats.mode & mode) !== mode && stats.uid === ownUser()) setMode(path, (stats.mode & 0o777) | mode);
  return path;
}

/** Whether our directory is in shared memory already, or can be put there. */
function sharedMemoryHolds(name: string): boolean {
  const stats = statSync(SHARED_MEMORY, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return false;
  return lstatSync(join(SHARED_MEMORY, name), { throwIfNoEntry: false }) !== undefined || isWritable(SHARED_MEMORY);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // the only answer that access(2) has for "no"
  }
}

function checkParent(parent: string): void {
  const stats = examine(parent, statSync);
  if ((stats.mode & 0o002) !== 0 && (stats.mode & 0o1000) === 0 && process.platform !== 'win32') {
    throw unusable(parent, 'everybody may replace what lies in it, because it has no sticky bit');
  }
}

/** Creates the directory and what is missing above it; the mode is set again because umask takes from it. */
function createDirectory(path: string, mode: number): void {
  try {
    if (mkdirSync(path, { recursive: true, mode }) !== undefined) setMode(path, mode);
  } catch (error) {
    // Something else is in the way, a file or a link to nowhere: the caller's check says what.
    if (['EEXIST', 'ENOTDIR', 'ENOENT', 'ELOOP'].includes(errnoOf(error) ?? '')) return;
    if (errnoOf(error) === PERMISSION_MODEL && mayBeLookedAt(path)) return;
    throw systemError(error, `create the directory ${path}`);
  }
}

/** Where others may write to the parent, the path may lead to another directory of ours by now, which keeps its mode. */
function setMode(path: string, mode: number): void {
  if (ownUser() === undefined) {
    chmodSync(path, mode);
    return;
  }
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (fstatSync(fd).uid === ownUser()) fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}

/** The permission model of Node refuses to make a directory that is there already, unless it may be written to. */
function mayBeLookedAt(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function examine(path: string, stat: (path: string) => Stats): Stats {
  try {
    return stat(path);
  } catch (error) {
    throw unusable(path, `it cannot be examined (${errnoOf(error)})`, error);
  }
}

function unusable(path: string, reason: string, cause?: unknown): JsonMmapError {
  const cure = 'remove or correct it, or name another with the option dir or JSONMMAP_DIR';
  return new JsonMmapError('ERR_DIRECTORY', `the directory ${path} cannot be used: ${reason}`, { cause, cure });
}
