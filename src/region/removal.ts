/** Taking a region away on demand. */
import { existsSync } from 'node:fs';
import { JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { self } from '../system/process.js';
import { mmapSystem } from '../system/system.js';
import { closeControl, type OpenControl, openControl } from './control/control-file.js';
import { locked, notFound } from './errors.js';
import { failpoint } from './failpoints.js';
import { unlinkIfThere } from './files/files.js';
import { KERNEL_LOCK, REMOVER } from './files/layout.js';
import { directoryToRead, RegionPaths } from './files/paths.js';
import { syncDirectory } from './files/sync.js';
import type { HeldLock } from './mastership/held-lock.js';
import { holderBeside, namedHolder } from './mastership/holders.js';
import { tryLock } from './mastership/lock.js';
import { secureRemoval, unlinkContents, unlinkControl } from './mastership/unlink.js';
import { notify } from './notify/notifier.js';

export interface RemoveOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** Remove it from under a living master too: its next publish fails with `ERR_FENCED`. Default false. */
  readonly force?: boolean | undefined;
}

/**
 * Removes a region and all its files, damaged ones too. Followers are told, and keep what they have read.
 * @throws `ERR_REGION_NOT_FOUND`, `ERR_REGION_LOCKED` with the `pid` of a living master, `ERR_REGION_DENIED`, `ERR_INVALID_NAME`,
 *   `ERR_DIRECTORY`, `ERR_SYSTEM`
 */
export function remove(name: string, { dir, force = false }: RemoveOptions = {}): void {
  const system = mmapSystem();
  const paths = new RegionPaths(name, directoryToRead(dir, undefined));
  if (!isAnythingThere(paths)) throw notFound(name, paths.control);
  const lock = tryLock(system, paths);
  try {
    if (lock === undefined && !force) throw locked(name, namedHolder(system, paths));
    removeFiles(system, paths, lock, force);
  } finally {
    lock?.release();
  }
}

function isAnythingThere(paths: RegionPaths): boolean {
  const { segments, temporaries, generations } = paths.files();
  const others = segments.length + temporaries.length + generations.length;
  return others > 0 || existsSync(paths.control) || existsSync(paths.lock);
}

function removeFiles(system: MmapSystem, paths: RegionPaths, lock: HeldLock | undefined, force: boolean): void {
  const opened = openSound(system, paths);
  if (opened === undefined) {
    unlinkAll(paths, lock);
    return;
  }
  try {
    const holder = lock === undefined || force ? undefined : holderBeside(lock, system, opened);
    if (holder !== undefined) throw locked(paths.name, holder);
    flagAndUnlink(paths, lock, opened);
  } finally {
    closeControl(opened);
  }
}

/**
 * The claim fences a living master off, and keeps other processes from finishing the removal beside us. It is taken back only when we
 * fail: afterwards the file is gone.
 */
function flagAndUnlink(paths: RegionPaths, lock: HeldLock | undefined, { control, fd }: OpenControl): void {
  const us = { ...self(), lockKind: REMOVER };
  const epoch = control.state.claim(us);
  try {
    control.state.markRemoved();
    secureRemoval({ control, fd });
    failpoint('removal:flagged');
    unlinkAll(paths, lock);
    if (control.state.durable) syncDirectory(paths.directory);
  } finally {
    control.state.release(epoch, us.pid);
    notify({ control, fd }, Date.now());
  }
}

/** A lock that is not ours, of a living master or a dead one, goes before the control file, whose end lets newcomers in. */
function unlinkAll(paths: RegionPaths, lock: HeldLock | undefined): void {
  unlinkContents(paths);
  for (const { path } of paths.files().generations) if (path !== lock?.link) unlinkIfThere(path);
  if (lock?.kind !== KERNEL_LOCK) unlinkIfThere(paths.lock);
  unlinkControl(paths);
  lock?.discard();
  failpoint('removal:unlocked');
}

/** A damaged control file names no master that could be asked, and nobody can attach to it: it is unlinked without a flag. */
function openSound(system: MmapSystem, paths: RegionPaths): OpenControl | undefined {
  try {
    return openControl(system, paths.control, 'write');
  } catch (error) {
    if (error instanceof JsonMmapError && (error.code === 'ERR_REGION_CORRUPT' || error.code === 'ERR_REGION_FORMAT')) {
      return undefined;
    }
    throw error;
  }
}
