/** The note of which followers a supervisor runs, for the one that comes after it if it dies. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import type { RegionPaths } from '../region/paths.js';
import { isAlive, type ProcessId } from '../region/process.js';

export interface RosterEntry extends ProcessId {
  /** From 1. */
  readonly worker: number;
}

/** Replaces the note in one step. */
export function writeRoster(paths: RegionPaths, entries: readonly RosterEntry[]): void {
  const temporary = paths.temporary();
  writeFileSync(temporary, JSON.stringify(entries), { mode: 0o600, flag: 'wx' });
  renameSync(temporary, paths.followers);
}

export function removeRoster(paths: RegionPaths): void {
  rmSync(paths.followers, { force: true });
}

/** Returns the followers that an earlier supervisor left and that still run. A note that makes no sense lists nobody. */
export function survivors(paths: RegionPaths): RosterEntry[] {
  return entriesOf(paths).filter(isAlive);
}

function entriesOf(paths: RegionPaths): RosterEntry[] {
  try {
    const entries: unknown = JSON.parse(readFileSync(paths.followers, 'utf8'));
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isEntry(entry: unknown): entry is RosterEntry {
  const { pid, startTime, worker } = (entry ?? {}) as Partial<RosterEntry>;
  return (
    [pid, worker].every((number) => Number.isSafeInteger(number) && (number as number) > 0) &&
    typeof startTime === 'number'
  );
}
