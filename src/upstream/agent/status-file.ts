/** What an agent says of itself to other processes: a small file beside the region, replaced whole. */
import { closeSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { openTrusted } from '../../region/files/files.js';
import type { RegionPaths } from '../../region/files/paths.js';
import { parseJson } from '../log/hostile-json.js';
import type { AgentStatus } from './status.js';

/** The status as a file has it: errors are texts. */
export interface WrittenStatus {
  readonly source: string;
  readonly state: string;
  readonly position: { readonly sequence: number; readonly id: string } | undefined;
  readonly head: number;
  readonly lagEntries: number;
  readonly lagMs: number;
  readonly proofAgeMs: number | undefined;
  readonly refusal: string | undefined;
  readonly error: string | undefined;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** What cannot be written is left out: it is nothing but information. */
export function writeStatus(paths: RegionPaths, { refusal, error, version: _, ...status }: AgentStatus): void {
  const written = {
    ...status,
    refusal: refusal?.error.message,
    error: error?.message,
    pid: process.pid,
    writtenAt: Date.now(),
  };
  const temporary = paths.temporary();
  try {
    writeFileSync(temporary, JSON.stringify(written), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, paths.upstream);
  } catch {
    rmSync(temporary, { force: true });
  }
}

export function removeStatus(paths: RegionPaths): void {
  try {
    rmSync(paths.upstream, { force: true });
  } catch {
    // as above
  }
}

/** An agent writes its status every second. */
const SILENT_MS = 10_000;

/**
 * Returns the status of the agent of a region, undefined without one. The state of an agent that no longer writes is `'no agent'`: it was
 * killed, or is stopped.
 * @throws as `readStatus`
 */
export function latestStatus(paths: RegionPaths, owner?: number): WrittenStatus | undefined {
  const status = readStatus(paths, owner);
  const isOld = status !== undefined && Date.now() - status.writtenAt > SILENT_MS;
  return isOld ? { ...status, state: 'no agent' } : status;
}

/** Returns what the agent of a region has written, undefined where there is none. @throws `ERR_REGION_DENIED` for a file that others could have written */
export function readStatus(paths: RegionPaths, owner?: number): WrittenStatus | undefined {
  const fd = openTrusted(paths.upstream, 'read', owner);
  if (fd === undefined) return undefined;
  try {
    const { source, state, ...rest } = parseJson(paths.upstream, readFileSync(fd)) as WrittenStatus;
    return typeof source === 'string' && typeof state === 'string' ? { source, state, ...rest } : undefined;
  } finally {
    closeSync(fd);
  }
}
