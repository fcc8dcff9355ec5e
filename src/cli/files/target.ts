/** Where a file that a user names really is, and how it can be written. */
import { constants } from 'node:fs';
import { access, lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoOf } from '../../errors.js';

/** What a path leads to. */
export type Target =
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly stats: FileFacts }
  /** A device, a pipe, a socket, or an open file of a process: it is written to, and never replaced. */
  | { readonly kind: 'stream'; readonly path: string }
  /** A file that this process has open, such as /dev/stdout. */
  | { readonly kind: 'descriptor'; readonly fd: number };

/** What a replacement of a file has to keep. */
export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
}

/** As many links as Linux follows. */
const LINKS_MAX = 40;
/** Links in here lead to open files, which may have no other name; a file behind one has the position of the process that opened it. */
const DESCRIPTORS = /^\/proc\/\d+(?:\/task\/\d+)?\/fd$|^\/dev\/fd$/;

/**
 * Follows the links of `path`, the last one into a place where nothing is too. Opens nothing.
 * @throws errors of the system: `ENOENT` without a directory, `EISDIR`, `ELOOP`, and `EACCES` for a file that this user may not write
 */
export async function targetOf(path: string): Promise<Target> {
  let current = resolve(path);
  for (let links = 0; links <= LINKS_MAX; links++) {
    const directory = await realpath(dirname(current));
    current = join(directory, basename(current));
    if (directory === `/proc/${process.pid}/fd`) return { kind: 'descriptor', fd: Number(basename(current)) };
    if (DESCRIPTORS.test(directory)) return { kind: 'stream', path: current };
    const stats = await lstatIfThere(current);
    if (stats === undefined) return { kind: 'missing', path: current };
    if (!stats.isSymbolicLink()) return existing(current, path);
    current = resolve(directory, await readlink(current));
  }
  throw Object.assign(new Error(`too many links: ${path}`), { code: 'ELOOP' });
}

async function existing(current: string, path: string): Promise<Target> {
  const stats = await stat(current);
  if (stats.isDirectory()) throw Object.assign(new Error(`a directory: ${path}`), { code: 'EISDIR' });
  if (!stats.isFile()) return { kind: 'stream', path: current };
  await access(current, constants.W_OK); // a rename would not ask
  return { kind: 'file', path: current, stats };
}

async function lstatIfThere(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
