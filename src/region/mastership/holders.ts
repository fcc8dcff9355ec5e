/** Who else may hold a region, and what to say then. */
import { JsonMmapError } from '../../errors.js';
import type { MmapSystem } from '../../system/contract.js';
import { type Holding, isElsewhere, whereabouts } from '../../system/process.js';
import { closeControl, type OpenControl, openControl } from '../control/control-file.js';
import type { Locked } from '../errors.js';
import { GENERATION_LOCK, KERNEL_LOCK } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import { generationHolder } from './generation-lock.js';
import type { HeldLock } from './held-lock.js';
import { isLocked } from './lock.js';

/**
 * Returns the living master that holds the region though `lock` is ours: one of the other kind, or one whose lock somebody has deleted by hand;
 * undefined when there is none. Those of the kernel's kind show themselves with a lock on the control file, which tells those that
 * are dead while their process lives.
 */
export function holderBeside(lock: HeldLock, system: MmapSystem, { control, fd }: OpenControl): Locked | undefined {
  const named = control.state.holder();
  if (isLocked(system, fd, control.path)) return lockedBy(named, true);
  if (named === undefined || whereabouts(named) === 'dead') return undefined;
  const goneWithLock = lock.kind === KERNEL_LOCK && named.lockKind !== GENERATION_LOCK;
  return goneWithLock ? undefined : lockedBy(named);
}

/** Returns the holder of the lock that we did not get: the process that the control file or a generation lock names, a possibly living one first. */
export function namedHolder(system: MmapSystem, paths: RegionPaths): Locked {
  const opened = openReadable(system, paths);
  try {
    const named = opened?.control.state.holder();
    const kernelKnows = opened !== undefined && isLocked(system, opened.fd, opened.control.path);
    const holder = named !== undefined && whereabouts(named) !== 'dead' ? named : (generationHolder(paths) ?? named);
    return lockedBy(holder, kernelKnows || holder === undefined);
  } finally {
    if (opened !== undefined) closeControl(opened);
  }
}

/** @param certain Whether it lives for sure; default: as its pid says. */
export function lockedBy(holder: Holding | undefined, certain = holder !== undefined && !isElsewhere(holder)): Locked {
  return { pid: holder?.pid, elsewhere: holder !== undefined && isElsewhere(holder), certain };
}

/** A control file that cannot be read names nobody: the process that gets the lock finds that out itself. */
function openReadable(system: MmapSystem, paths: RegionPaths): OpenControl | undefined {
  try {
    return openControl(system, paths.control, 'read');
  } catch (error) {
    if (error instanceof JsonMmapError) return undefined;
    throw error;
  }
}
