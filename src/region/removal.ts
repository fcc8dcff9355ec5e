/** Taking a region away on demand. */
import { existsSync, rmSync } from 'node:fs';
import { JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../mmap/contract.js';
import { mmapSystem } from '../mmap/system.js';
import { closeControl, type OpenControl, openControl } from './control-file.js';
import { ring } from './doorbell.js';
import { holderBeside, lockedError, namedHolder } from './holders.js';
import { type HeldLock, tryLock } from './lock.js';
import { directoryToRead, RegionPaths } from './paths.js';
import { step } from './steps.js';
import { unlinkRegion } from './unlink.js';

export interface RemoveOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** Remove it from under a living master too: its next publish fails with `ERR_FENCED`. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * Removes a region and all its files, damaged ones too. Followers are told, and keep what they have read.
 * @throws `ERR_REGION_NOT_FOUND`, `ERR_REGION_LOCKED` with the `pid` of a living master, `ERR_REGION_DENIED`, `ERR_INVALID_NAME`
 */
export function remove(name: string, { dir, force = false }: RemoveOptions = {}): void {
  const system = mmapSystem();
  const paths = new RegionPaths(name, directoryToRead(dir, undefined));
  if (!isAnythingThere(paths)) {
    throw new JsonMmapError('ERR_REGION_NOT_FOUND', `there is no region ${name} to remove in ${paths.directory}`);
  }
  const lock = tryLock(system, paths);
  try {
    if (lock === undefined && !force) throw lockedError(name, { pid: namedHolder(system, paths) });
    removeFiles(system, paths, lock, force);
  } finally {
    lock?.release();
  }
}

function isAnythingThere(paths: RegionPaths): boolean {
  const { segments, temporaries } = paths.files();
  return existsSync(paths.control) || existsSync(paths.lock) || segments.length + temporaries.length > 0;
}

function removeFiles(system: MmapSystem, paths: RegionPaths, lock: HeldLock | undefined, force: boolean): void {
  const opened = openSound(system, paths);
  if (opened !== undefined) {
    try {
      const holder = lock === undefined || force ? undefined : holderBeside(lock, system, paths, opened);
      if (holder !== undefined) throw lockedError(paths.name, holder);
      opened.control.markRemoved();
      step('removal:flagged');
      ring(opened.fd, Date.now());
    } finally {
      closeControl(opened);
    }
  }
  unlinkRegion(paths);
  rmSync(paths.lock, { force: true });
  for (const { path } of paths.files().generations) rmSync(path, { force: true });
}

/** A damaged control file can say nothing about a master, and needs no flag: no follower can be attached to it. */
function openSound(system: MmapSystem, paths: RegionPaths): OpenControl | undefined {
  try {
    return openControl(system, paths.control, 'write');
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code === 'ERR_REGION_DENIED') throw error;
    return undefined;
  }
}
