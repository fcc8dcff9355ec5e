/**
 * At most one master. Two locks with the same meaning, one for each implementation of the mapping contract:
 *
 * - the kernel's, on `<name>.lock`: dropped by the kernel when the master dies. Only the owner can open that file, so nobody else can
 *   take a lock there and keep masters out. (Whoever may read a file may hold a shared lock on it, as long as he likes.)
 * - a symbolic link `<name>.lock.<generation>` whose target names the holder, see `generation-lock.ts`.
 */
import { closeSync } from 'node:fs';
import type { FileLocks, MmapSystem } from '../mmap/contract.js';
import { isStillAt, openLockFile } from './files.js';
import { tryGenerationLock } from './generation-lock.js';
import { type GENERATION_LOCK, KERNEL_LOCK } from './layout.js';
import type { RegionPaths } from './paths.js';

/** A lock that we hold. */
export interface HeldLock {
  readonly kind: typeof KERNEL_LOCK | typeof GENERATION_LOCK;
  readonly path: string;
  /** Gives the lock up. Idempotent. */
  release(): void;
}

const TRIES = 100;

/** Takes the lock of a region, undefined when a living process holds it. Does not wait. */
export function tryLock(system: MmapSystem, paths: RegionPaths): HeldLock | undefined {
  return system.locks === undefined ? tryGenerationLock(paths) : tryKernelLock(system.locks, paths.lock);
}

/** The path may have got another file between open and lock, when a removal ended just then: that lock would exclude nobody. */
function tryKernelLock(locks: FileLocks, path: string): HeldLock | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const fd = openLockFile(path);
    if (!locks.tryLock(fd)) {
      closeSync(fd);
      return undefined;
    }
    if (isStillAt(fd, path)) return kernelLock(fd, path);
    closeSync(fd);
  }
  return undefined;
}

function kernelLock(fd: number, path: string): HeldLock {
  let held = true;
  return {
    kind: KERNEL_LOCK,
    path,
    release: () => {
      if (held) closeSync(fd);
      held = false;
    },
  };
}
