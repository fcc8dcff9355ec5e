/**
 * The note of which followers a run has, for the one that comes after it if it dies. Who adopts a process signals it, so no entry is taken at its word:
 * the file must be ours alone, and each process must prove that it is a follower of this run (`proof.ts`).
 */
import { closeSync, fstatSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemError } from '../errors.js';
import { denied } from '../region/errors.js';
import { openTrusted } from '../region/files/files.js';
import type { RegionPaths } from '../region/files/paths.js';
import { isAlive } from '../system/process.js';
import { groupRuns } from './process-group.js';
import { isFollowerOf, type RosterEntry } from './proof.js';

/** Some 10,000 followers. */
const MAX_BYTES = 1024 * 1024;

/** Replaces the note in one step. @throws `ERR_NO_SPACE`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function writeRoster(paths: RegionPaths, entries: readonly RosterEntry[]): void {
  const temporary = paths.temporary();
  try {
    writeFileSync(temporary, JSON.stringify(entries), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, paths.followers);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw systemError(error, `note the followers in ${paths.followers}`);
  }
}

/** @throws `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function removeRoster(paths: RegionPaths): void {
  try {
    rmSync(paths.followers, { force: true });
  } catch (error) {
    throw systemError(error, `remove ${paths.followers}`);
  }
}

/**
 * Returns the followers that an earlier run of this region left and that still run, or of which something that they have started does. A
 * note that makes no sense lists nobody. Calls `doubt` for a process that is listed, runs, and cannot be shown to be a follower of the
 * region: it is left alone.
 * @throws `ERR_REGION_DENIED` for a note that others could have written, or that is no plain file; `ERR_SYSTEM`
 */
export function survivors(paths: RegionPaths, doubt: (entry: RosterEntry) => void): RosterEntry[] {
  return entriesOf(paths).filter((entry) => {
    if (!isAlive(entry) && !groupRuns(entry)) return false;
    if (isFollowerOf(paths, entry)) return true;
    doubt(entry);
    return false;
  });
}

function entriesOf({ followers: path }: RegionPaths): RosterEntry[] {
  const fd = openTrusted(path, 'read');
  if (fd === undefined) return [];
  try {
    const { nlink, size } = fstatSync(fd);
    if (nlink > 1)
      throw denied(path, 'it has a second name, so it may be a file of another program', { cure: 'remove it' });
    return size > MAX_BYTES ? [] : parsed(textOf(fd, size));
  } finally {
    closeSync(fd);
  }
}

function textOf(fd: number, size: number): string {
  const bytes = Buffer.alloc(size);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, size, 0));
}

/** The first entry of a worker or a process counts. */
function parsed(text: string): RosterEntry[] {
  const entries = new Map<number, RosterEntry>();
  const pids = new Set<number>();
  for (const entry of listIn(text)) {
    if (!isEntry(entry) || entries.has(entry.worker) || pids.has(entry.pid)) continue;
    entries.set(entry.worker, entry);
    pids.add(entry.pid);
  }
  return [...entries.values()];
}

function listIn(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return []; // cut short when the machine went down
  }
}

/** A start time of 0 would match every process that ever gets the pid. */
function isEntry(entry: unknown): entry is RosterEntry {
  const { pid, startTime, worker } = (entry ?? {}) as Partial<RosterEntry>;
  return [pid, worker, startTime].every((number) => Number.isSafeInteger(number) && (number as number) > 0);
}
