/** Who else may hold a region, and what to say then. */
import { JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../mmap/contract.js';
import { closeControl, type OpenControl, openControl } from './control-file.js';
import { generationHolder } from './generation-lock.js';
import { GENERATION_LOCK, KERNEL_LOCK } from './layout.js';
import type { HeldLock } from './lock.js';
import type { RegionPaths } from './paths.js';
import { isAlive } from './process.js';

/** A holder that is in the way; its pid, where it is known. */
export interface Locked {
  readonly pid: number | undefined;
}

/**
 * Returns the pid of the living master that holds the region though `lock` is ours; undefined when there is none.
 *
 * A kernel lock excludes whoever takes one, and the write lock on the control file shows such a master even when somebody deleted its lock
 * file. The generation lock excludes its own kind. Between the two kinds, each side shows itself before it looks for
 * the other: this side's link or claim stands when this is called, so that of two at least one sees the other.
 */
export function holderBeside(
  lock: HeldLock,
  system: MmapSystem,
  paths: RegionPaths,
  { control, fd }: OpenControl,
): Locked | undefined {
  const named = control.holder();
  if (lock.kind === KERNEL_LOCK) {
    if (system.locks?.isLocked(fd)) return { pid: named?.pid };
    const pid = generationHolder(paths);
    if (pid !== undefined) return { pid };
    return named?.lockKind === GENERATION_LOCK && isAlive(named) ? { pid: named.pid } : undefined;
  }
  return named !== undefined && isAlive(named) ? { pid: named.pid } : undefined;
}

/** Returns the pid that the control file or a generation lock names. */
export function namedHolder(system: MmapSystem, paths: RegionPaths): number | undefined {
  const opened = openReadable(system, paths);
  const pid = opened?.control.holder()?.pid;
  if (opened !== undefined) closeControl(opened);
  return pid ?? generationHolder(paths);
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
