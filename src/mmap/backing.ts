/**
 * The file behind a mapping. Resizing, asking for the size and mapping over system calls need a descriptor for as long as the
 * mapping lives, and callers close theirs when they like, so a mapping keeps one of its own.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync, unlinkSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errnoOf, JsonMmapError, systemError } from '../errors.js';
import type { Access } from '../system/contract.js';
import { invalid } from './arguments.js';

export interface Backing {
  /** -1 where there is no file. */
  readonly fd: number;
  /** Whether the descriptor is closed with the mapping. */
  readonly owned: boolean;
  /** Where the file was opened, as far as it is known. */
  readonly path?: string;
  /** Whether the file was created for this mapping, so that it goes when mapping it fails. */
  readonly created?: boolean;
}

/** Anonymous memory. */
export const NO_FILE: Backing = { fd: -1, owned: false };

/**
 * Returns the file behind a caller's descriptor. Node has no `dup`, so the file is opened again through the descriptor; where that is
 * impossible (Windows, a file that this process could no longer open) the caller's own is used and must stay open.
 * @throws `ERR_INVALID_ARG` when it is not an open regular file that can be read, and written for access `write`.
 */
export function adoptDescriptor(fileno: number, access: Access): Backing {
  checkDescriptor(fileno, access);
  const directory = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd';
  try {
    return { fd: openSync(`${directory}/${fileno}`, access === 'write' ? 'r+' : 'r'), owned: true };
  } catch {
    return { fd: fileno, owned: false };
  }
}

/**
 * Opens the file at `path` for a mapping.
 * @throws `ERR_INVALID_ARG` when there is no regular file.
 */
export function openFile(file: string | URL, access: Access): Backing {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw invalid('path must be the path of a file');
  try {
    if (!statSync(path).isFile()) throw invalid(`${path} is not a regular file; only those can be mapped`);
    return { fd: openSync(path, access === 'write' ? 'r+' : 'r'), owned: true, path };
  } catch (error) {
    if (error instanceof JsonMmapError) throw error;
    const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
    throw missing
      ? invalid(`there is no file ${path}; create it first, with the size to map`)
      : systemError(error, `open ${path}`);
  }
}

/** Closes what is ours; idempotence is the caller's. */
export function closeBacking(backing: Backing): void {
  if (backing.owned) closeSync(backing.fd);
}

/** As `closeBacking`, for a mapping that could not be made: leaves no file behind that was not there before. */
export function discardBacking(backing: Backing): void {
  if (backing.created && backing.path !== undefined) unlinkSync(backing.path);
  closeBacking(backing);
}

function checkDescriptor(fileno: number, access: Access): void {
  const stats = statsOf(fileno);
  if (stats.isDirectory()) throw invalid(`fileno ${fileno} is a directory; open a file in it`);
  if (!stats.isFile()) throw invalid(`fileno ${fileno} is not a regular file; only those can be mapped`);
  const nothing = new Uint8Array(1);
  // The kernel checks how a descriptor was opened before it looks at the count, so the second probe writes nothing.
  if (refuses(() => readSync(fileno, nothing, 0, 1, 0))) {
    throw invalid(`fileno ${fileno} is open for writing only; open it for reading too, a mapping reads its file`);
  }
  if (access === 'write' && refuses(() => writeSync(fileno, nothing, 0, 0, 0))) {
    throw invalid(
      `fileno ${fileno} is open for reading only; open it with 'r+', or map it with access 'read' or 'copy'`,
    );
  }
}

function statsOf(fileno: number): Stats {
  try {
    return fstatSync(fileno);
  } catch (error) {
    if (errnoOf(error) === 'EBADF') throw invalid(`fileno ${fileno} is not an open file; open it before mapping it`);
    throw systemError(error, `examine fileno ${fileno}`);
  }
}

function refuses(probe: () => void): boolean {
  try {
    probe();
    return false;
  } catch (error) {
    if (errnoOf(error) === 'EBADF') return true;
    throw systemError(error, 'examine a file descriptor');
  }
}
