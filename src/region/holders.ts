/** Who else may hold a region, and what to say then. */
import { JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../mmap/contract.js';
import { closeControl, type OpenControl, openControl } from './control-file.js';
import { generationHolder } from './generation-lock.js';
import { GENERATION_LOCK, KERNEL_LOCK } from './layout.js';
import { type HeldLock, isLocked } from './lock.js';
import type { RegionPaths } from './paths.js';
import { isAlive } from './process.js';

/** A holder that is in the way; its pid, where it is known. */
export interface Locked {
  readonly pid: number | undefined;
}

/**
 * Returns the living master that holds the region though `lock` is ours: one of the other kind, or one whose lock somebody has deleted by hand;
 * undefined when there is none. Those of the kernel's kind show themselves with a lock on the control file, which tells those that
 * are dead while their process lives.
 */
export function holderBeside(lock: HeldLock, system: MmapSystem, { control, fd }: OpenControl): Locked | undefined {
  const named = control.holder();
  if (isLocked(system, fd, control.path)) return { pid: named?.pid };
  if (named === undefined || !isAlive(named)) return undefined;
  const goneWithLock = lock.kind === KERNEL_LOCK && named.lockKind !== GENERATION_LOCK;
  return goneWithLock ? undefined : { pid: named.pid };
}

/** Returns the pid that the control file or a generation lock names, a living one first. */
export function namedHolder(system: MmapSystem, paths: RegionPaths): number | undefined {
  const opened = openReadable(system, paths);
  const named = opened?.control.holder();
  if (opened !== undefined) closeControl(opened);
  return named !== undefined && isAlive(named) ? named.pid : (generationHolder(paths) ?? named?.pid);
}

/** A control file that cannot be read names nobody: it says so itself to whoever gets the lock. */
function openReadable(system: MmapSystem, paths: RegionPaths): OpenControl | undefined {
  try {
    return openControl(system, paths.control, 'read');
  } catch (error) {
    if (error instanceof JsonMmapError) return undefined;
    throw error;
  }
}
