/** Opens and creates the files of a region, and trusts nothing that it finds at their paths. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, JsonMmapError, systemError } from '../../errors.js';
import { type Distrust, distrust, ownUser } from '../../system/trust.js';
import { denied } from '../errors.js';
import { type Failpoint, failpoint } from '../failpoints.js';
import { syncDirectory, syncWhole } from './sync.js';

/** O_NONBLOCK: a FIFO that somebody put there must not make us wait for its other end. libuv adds O_CLOEXEC to every open. */
const SAFELY = constants.O_NOFOLLOW | (constants.O_NONBLOCK ?? 0);
const LOCK_MODE = 0o600;

/**
 * Opens a file that is there, and checks that it belongs to this user, root or `owner`, and that no other user may write to it.
 * Undefined when there is no file.
 * @throws `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function openTrusted(path: string, access: 'read' | 'write', owner?: number): number | undefined {
  const flags = access === 'read' ? constants.O_RDONLY : constants.O_RDWR;
  const fd = openIfThere(path, flags);
  if (fd === undefined) return undefined;
  try {
    checkTrusted(path, fstatSync(fd), owner);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Opens the lock file, created if it is missing; only its owner may ever open it, so nobody else can hold a lock on it. */
export function openLockFile(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | SAFELY, LOCK_MODE);
  } catch (error) {
    throw openingError(error, path);
  }
  try {
    const stats = fstatSync(fd);
    checkTrusted(path, stats, undefined);
    // The umask has taken bits from the mode: without the owner's no later master could open it.
    if (stats.uid === ownUser() && (stats.mode & LOCK_MODE) !== LOCK_MODE) fchmodSync(fd, LOCK_MODE);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A file to be created: its parts are complete before it has its name. */
export interface NewFile {
  readonly path: string;
  readonly temporary: string;
  readonly mode: number;
  /** `link` leaves a file that is there alone, `rename` replaces it. */
  readonly placement: 'link' | 'rename';
  /** Whether it has to survive power loss before anybody goes on. */
  readonly durable: boolean;
  /** The instants before and after the file gets its name. */
  readonly failpoints: readonly [Failpoint, Failpoint];
}

/**
 * Creates a file under a temporary name, lets `fill` complete it, and only then gives it its name: nobody sees it incomplete (I8). Returns
 * the descriptor, open for reading and writing, or undefined when `link` found a file of that name.
 * @throws `ERR_NO_SPACE`, `ERR_REGION_DENIED`, `ERR_SYSTEM`; no file is left behind
 */
export function createWhole(file: NewFile, fill: (fd: number) => void): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file.temporary, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SAFELY, file.mode);
    failpoint('file:begun');
    fchmodSync(fd, file.mode); // the umask has taken bits from the mode of open
    fill(fd);
    if (file.durable) syncWhole(fd, file.temporary);
    failpoint(file.failpoints[0]);
    const placed = place(file);
    if (file.durable) syncDirectory(dirname(file.path));
    if (placed) return fd;
    closeSync(fd);
    return undefined;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    unlinkIfThere(file.temporary);
    throw error instanceof JsonMmapError ? error : systemError(error, `create ${file.path}`);
  }
}

/**
 * Whether the file that is open is still the one at `path`. Two system calls.
 * @throws `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function isStillAt(fd: number, path: string): boolean {
  try {
    const there = lstatSync(path, { throwIfNoEntry: false });
    const open = fstatSync(fd);
    return there !== undefined && there.ino === open.ino && there.dev === open.dev;
  } catch (error) {
    throw systemError(error, `look at ${path}`);
  }
}

/** @throws `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw systemError(error, `remove ${path}`);
  }
}

function place({ path, temporary, placement, failpoints }: NewFile): boolean {
  const placed = placement === 'rename' ? rename(temporary, path) : link(temporary, path);
  if (placed) failpoint(failpoints[1]);
  if (placement === 'link') unlinkIfThere(temporary);
  return placed;
}

function rename(from: string, to: string): true {
  renameSync(from, to);
  return true;
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function openIfThere(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags | SAFELY);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw openingError(error, path);
  }
}

function openingError(error: unknown, path: string): JsonMmapError {
  if (errnoOf(error) !== 'ELOOP') return systemError(error, `open ${path}`);
  return denied(path, 'it is a symbolic link', { cause: error, cure: NOT_OURS, distrusted: { path, fault: 'type' } });
}

const NOT_OURS = 'remove it, because no master makes such a file';

function checkTrusted(path: string, stats: Stats, owner: number | undefined): void {
  const found = distrust(stats, 'file', owner);
  if (found === undefined) return;
  const { fault, reason } = found;
  throw denied(path, reason, { cure: cureOf(found, stats), distrusted: { path, fault, owner: stats.uid } });
}

function cureOf({ fault }: Distrust, { uid }: Stats): string {
  if (fault === 'owner') return `if you trust that user, say so with the option owner: ${uid}`;
  return fault === 'mode' ? 'take the permission away with chmod go-w' : NOT_OURS;
}
