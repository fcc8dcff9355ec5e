/** Other processes of this machine, as /proc shows them; without /proc there is nothing to see. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { errnoOf } from '../errors.js';

/** Returns the pids of all processes, ascending. */
export function processIds(): number[] {
  return entries('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => a - b);
}

/** Returns the command line of a process as one line; undefined when it is gone or may not be looked at. */
export function commandOf(pid: number): string | undefined {
  const line = readText(`/proc/${pid}/cmdline`)
    ?.replaceAll(/[\0\s]+/g, ' ')
    .trim();
  return line === '' ? undefined : line;
}

/** Returns the user that a process runs as; undefined when it is gone. */
export function userOf(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** Returns the names of the threads of a process; none when it is gone. */
export function threadNames(pid: number): string[] {
  return entries(`/proc/${pid}/task`).flatMap((thread) => readText(`/proc/${pid}/task/${thread}/comm`)?.trim() ?? []);
}

/** Returns the inodes that the file watchers of a process watch, on whatever file system; none when it is gone or may not be looked into. */
export function watchedInodes(pid: number): number[] {
  return entries(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    const text = readText(`/proc/${pid}/fdinfo/${fd}`) ?? '';
    return Array.from(text.matchAll(WATCH), ([, inode]) => Number.parseInt(inode, 16));
  });
}

/** proc(5): `inotify wd:3 ino:9e7e sdev:800013 …`, numbers in hexadecimal. */
const WATCH = /^inotify wd:\S+ ino:([0-9a-f]+) /gm;

/** A file that a process has mapped, or has open. */
export interface UsedFile {
  /** As the kernel names it, with " (deleted)" behind files that have been unlinked. */
  readonly path: string;
  readonly inode: number;
  /** Whether it is mapped for writing. */
  readonly writable: boolean;
  /** Bytes of the file, where it is mapped; at most so many where we may not look at it. */
  readonly mappedBytes?: number;
}

/**
 * Returns the files that a process has mapped or open and whose path `isWanted` takes; undefined when the process is gone, 'denied' when it
 * may not be looked at. Some system calls for each open file, wanted or not.
 */
export function filesOf(pid: number, isWanted: (path: string) => boolean): UsedFile[] | 'denied' | undefined {
  try {
    return [...mappedFiles(pid, isWanted), ...openFiles(pid, isWanted)];
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EACCES' || errno === 'EPERM') return 'denied';
    if (errno === 'ENOENT' || errno === 'ESRCH' || errno === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** proc(5): `address perms offset dev inode   path`. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ (\d+) +(\/.*)$/gm;

function mappedFiles(pid: number, isWanted: (path: string) => boolean): UsedFile[] {
  const text = readFileSync(`/proc/${pid}/maps`, 'utf8');
  return Array.from(text.matchAll(MAPPING)).flatMap(([, start, end, perms, inode, path]) => {
    if (!isWanted(path)) return [];
    const mappedBytes = () =>
      sizeOf(`/proc/${pid}/map_files/${start}-${end}`) ?? Number(`0x${end}`) - Number(`0x${start}`);
    return {
      path,
      inode: Number(inode),
      writable: perms.includes('w'),
      /** Asked for few of them. */
      get mappedBytes() {
        return mappedBytes();
      },
    };
  });
}

/** Bytes of a file that may have no name any more; undefined where we may not look at it. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined; // gone, or only for a privileged user
  }
}

/** Over the fallback nothing is mapped, but the files are open. */
function openFiles(pid: number, isWanted: (path: string) => boolean): UsedFile[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const link = `/proc/${pid}/fd/${fd}`;
    const path = linkTarget(link);
    if (!path?.startsWith('/') || !isWanted(path)) return [];
    const inode = statSync(link, { throwIfNoEntry: false })?.ino;
    return inode === undefined ? [] : { path, inode, writable: false };
  });
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined; // closed since it was listed
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process is gone or belongs to another user, or there is no /proc
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // a system without /proc
  }
}
