/**
 * At most one master. Two locks, one for each implementation of the mapping contract:
 *
 * - the kernel's, on `<name>.lock`: dropped by the kernel when the master dies. Only the owner can open that file, so nobody else can
 *   take a lock there and keep masters out. (A process that may read a file may hold a shared lock on it for any time.)
 * - the generation lock, a symbolic link that names its holder, see `generation-lock.ts`.
 *
 * So that the two exclude each other too, a process that takes the kernel's also takes the generation lock, until the control file names it:
 * one or the other, and from then on the control file, tells those who have no kernel lock.
 */
import { closeSync } from 'node:fs';
import { perform } from '../../errors.js';
import type { FileLocks, MmapSystem } from '../../system/contract.js';
import { isStillAt, openLockFile, unlinkIfThere } from '../files/files.js';
import { KERNEL_LOCK } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import { tryGenerationLock } from './generation-lock.js';
import type { HeldLock } from './held-lock.js';

interface KernelLock {
  readonly path: string;
  release(): void;
}

const TRIES = 100;

/** Takes the lock of a region, undefined when a living process holds it. Does not wait. */
export function tryLock(system: MmapSystem, paths: RegionPaths): HeldLock | undefined {
  if (system.locks === undefined) return tryGenerationLock(paths);
  const kernel = tryKernelLock(system.locks, paths.lock);
  if (kernel === undefined) return undefined;
  let link: HeldLock | undefined;
  try {
    link = tryGenerationLock(paths, KERNEL_LOCK);
    return link && both(kernel, link);
  } finally {
    if (link === undefined) kernel.release();
  }
}

function both(kernel: KernelLock, link: HeldLock): HeldLock {
  return {
    kind: KERNEL_LOCK,
    link: link.link,
    claimed: () => link.release(),
    release: () => inOrder(link.release, kernel.release),
    discard: () => inOrder(() => unlinkIfThere(kernel.path), link.release, kernel.release),
  };
}

/** Calls each release, also after one that throws: a lock that is not given up keeps every other master out. */
function inOrder(release: () => void, ...rest: (() => void)[]): void {
  try {
    release();
  } finally {
    if (rest.length > 0) inOrder(rest[0], ...rest.slice(1));
  }
}

/** Whether somebody else, alive, holds the kernel's lock on the open file at `path`; never where there are no such locks. @throws `ERR_SYSTEM` */
export function isLocked(system: MmapSystem, fd: number, path: string): boolean {
  return perform(`ask for the lock of ${path}`, () => system.locks?.isLocked(fd) ?? false);
}

/** A removal that ended between open and lock may have put another file at the path: a lock on the old file would exclude nobody. */
function tryKernelLock(locks: FileLocks, path: string): KernelLock | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const fd = openLockFile(path);
    let held = false;
    try {
      if (!perform(`lock ${path}`, () => locks.tryLock(fd))) return undefined;
      held = isStillAt(fd, path);
      if (held) return kernelLock(fd, path);
    } finally {
      if (!held) closeSync(fd);
    }
  }
  return undefined;
}

function kernelLock(fd: number, path: string): KernelLock {
  let held = true;
  return {
    path,
    release: () => {
      if (held) closeSync(fd);
      held = false;
    },
  };
}
