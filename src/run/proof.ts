/** Whether a process is a follower that a run of this region has started. Known on Linux only; elsewhere false. */
import { readFileSync, statSync } from 'node:fs';
import type { RegionPaths } from '../region/files/paths.js';
import type { ProcessId } from '../system/process.js';
import { membersOf } from './process-group.js';

/** A follower as a run notes it. */
export interface RosterEntry extends ProcessId {
  /** From 1. */
  readonly worker: number;
}

/**
 * The kernel keeps the environment with which a process was started, and shows it to the same user only: no other user can start a process
 * of this user that has the marks of a follower, and `startFollower` gives them to followers and what they start alone. Where the follower
 * itself is gone, what it has left running is asked.
 */
export function isFollowerOf(paths: RegionPaths, entry: RosterEntry): boolean {
  return membersOf(entry)?.some((pid) => hasMarks(paths, entry, pid)) ?? false;
}

function hasMarks(paths: RegionPaths, { worker }: RosterEntry, pid: number): boolean {
  if (pid === process.pid || statOf(`/proc/${pid}`)?.uid !== process.getuid?.()) return false;
  const environment = environmentOf(pid);
  return (
    environment.get('JSONMMAP_REGION') === paths.name &&
    environment.get('JSONMMAP_WORKER') === String(worker) &&
    isSameDirectory(environment.get('JSONMMAP_DIR'), paths.directory)
  );
}

/** proc_pid_environ(5): `NAME=value`, each ended by a null byte. */
function environmentOf(pid: number): Map<string, string> {
  const text = readText(`/proc/${pid}/environ`);
  return new Map(text.split('\0').map((entry) => [nameIn(entry), entry.slice(nameIn(entry).length + 1)]));
}

function nameIn(entry: string): string {
  return entry.slice(0, Math.max(0, entry.indexOf('=')));
}

function isSameDirectory(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  const [a, b] = [statOf(one), statOf(other)];
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

function statOf(path: string): { dev: number; ino: number; uid: number } | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined; // gone
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone, or of another user
  }
}
