/**
 * Named shared memory: a file `<tagname>.mmap` in the region directory, mode 0600. It appears when the first process maps it,
 * grows when a process asks for more, never shrinks when one asks for less, and lives until somebody removes it or, in
 * `/dev/shm`, until the machine restarts.
 */
import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, JsonMmapError, systemError } from '../errors.js';
import type { Access, MmapSystem } from '../system/contract.js';
import { checkName, regionDirectory } from '../system/directory.js';
import { distrust } from '../system/trust.js';
import { invalid } from './arguments.js';
import { type Backing, discardBacking } from './backing.js';

const OWNER_ONLY = 0o600;
const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = constants;
/** No link is followed, and a pipe of that name does not block. Windows has neither flag; Node opens close-on-exec everywhere. */
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens the file of `tagname` with at least `needed` bytes, backed by real space; with `needed` 0 it must exist.
 * @throws `ERR_INVALID_NAME`, `ERR_DIRECTORY`, `ERR_REGION_DENIED` when the file is not ours to trust, `ERR_NO_SPACE`.
 */
export function openTag(tagname: string, needed: number, access: Access, system: MmapSystem): Backing {
  const name = `${checkName(tagname)}.mmap`;
  const path = join(regionDirectory(), name);
  const created = needed > 0 && create(path);
  let backing: Backing = { fd: -1, owned: false, path, created };
  try {
    backing = { ...backing, fd: openTrusted(path, access === 'write' ? O_RDWR : O_RDONLY), owned: true };
    reserve(backing.fd, path, needed, access, system);
    return backing;
  } catch (error) {
    discardBacking(backing);
    throw error;
  }
}

/** Whether the file is new. Its mode is set at node id: nobody else can open it in between. */
function create(path: string): boolean {
  try {
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | SAFELY, OWNER_ONLY);
    fchmodSync(fd, OWNER_ONLY); // umask has taken from it
    closeSync(fd);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw systemError(error, `create ${path}`);
  }
}

function openTrusted(path: string, flags: number): number {
  const fd = openExisting(path, flags);
  const reason = distrust(fstatSync(fd), 'file')?.reason;
  if (reason === undefined) return fd;
  closeSync(fd);
  throw denied(path, reason);
}

function openExisting(path: string, flags: number): number {
  try {
    return openSync(path, flags | SAFELY);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') throw invalid(`there is no ${path} yet; give it a length, and it is created`);
    if (errno === 'ELOOP' || errno === 'EMLINK') throw denied(path, 'it is a symbolic link');
    if (errno === 'EISDIR' || errno === 'ENXIO') throw denied(path, 'it is not a regular file');
    throw systemError(error, `open ${path}`);
  }
}

function denied(path: string, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_REGION_DENIED', `${path} cannot be trusted: ${reason}`, {
    cure: `remove it or use another tagname`,
  });
}

/**
 * Grows the file. A writer also backs what is there already: a store to a hole of a full file system would be a signal
 * instead of an error. A reader needs a second descriptor for it, because its own is open for reading only.
 */
function reserve(fd: number, path: string, needed: number, access: Access, system: MmapSystem): void {
  if (needed === 0 || (access !== 'write' && fstatSync(fd).size >= needed)) return;
  const writable = access === 'write' ? fd : openTrusted(path, O_RDWR);
  try {
    system.allocate(writable, 0, needed);
  } catch (error) {
    throw systemError(error, `reserve ${needed} bytes for ${path}`);
  } finally {
    if (writable !== fd) closeSync(writable);
  }
}
