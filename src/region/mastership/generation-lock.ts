/**
 * The lock for platforms without kernel locks: a symbolic link `<name>.lock.<generation>` to "pid:start time:number:pid namespace:lock kind",
 * because making one is atomic together with its content. This order makes sure that two can never hold it:
 *
 * 1. Look. A link whose process lives: locked. Else the next generation is one more than the highest.
 * 2. Make the link of that generation; if somebody was faster, look again.
 * 3. Look again. If any other link has a living process, it may have looked before we made ours: take ours back, and start again.
 *    Of two that both make a link before they look again, at least one sees the other's; if both do, both start again.
 * 4. Nobody else lives: the lock is ours, and the links of the dead can go.
 *
 * Whether a process of another pid namespace lives cannot be known here: its link counts as that of a living one. But where we have the kernel
 * lock, the process that made a link under that lock before us has lost it by dying.
 *
 * The holder is the process: a worker thread that dies without closing keeps it until its process ends. One that has the kernel lock too
 * needs this one only for the tenth of a millisecond in which it becomes the master.
 */

import { readlinkSync, symlinkSync } from 'node:fs';
import { errnoOf, systemError } from '../../errors.js';
import { type Holding, isElsewhere, self, whereabouts } from '../../system/process.js';
import { randomBytes } from '../../system/random.js';
import { failpoint } from '../failpoints.js';
import { unlinkIfThere } from '../files/files.js';
import { GENERATION_LOCK, KERNEL_LOCK } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import type { HeldLock, LockKind } from './held-lock.js';

const TRIES = 100;

interface Link extends Holding {
  readonly path: string;
  readonly number: number;
  readonly kind: number;
}

/**
 * Takes the generation lock; undefined when a process that may live holds it, or others are at it just now.
 * @param kind The lock that the holder goes by: `KERNEL_LOCK` where it has that too.
 */
export function tryGenerationLock(paths: RegionPaths, kind: LockKind = GENERATION_LOCK): HeldLock | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = links(paths);
    if (before.some((link) => isInTheWay(link, kind))) return undefined;
    const number = 1 + Math.max(0, ...before.map((link) => link.number));
    const path = paths.generation(number);
    const target = ourTarget(kind);
    if (!make(path, target)) continue;
    const lock = generationLock(path, target);
    try {
      failpoint('lock:linked');
      const others = links(paths).filter((link) => link.number !== number);
      if (!others.some((link) => isInTheWay(link, kind))) {
        for (const link of others) unlinkIfThere(link.path);
        return lock;
      }
    } catch (error) {
      lock.release(); // it would name us, who live, and keep every other master out
      throw error;
    }
    lock.release();
  }
  return undefined;
}

/** Returns a process that has a link and may live. */
export function generationHolder(paths: RegionPaths): Holding | undefined {
  return links(paths).find((link) => whereabouts(link) !== 'dead');
}

/** Returns the paths of the links whose process is dead. */
export function deadGenerations(paths: RegionPaths): string[] {
  return links(paths)
    .filter((link) => whereabouts(link) === 'dead')
    .map(({ path }) => path);
}

function isInTheWay(link: Link, ourKind: LockKind): boolean {
  if (ourKind === KERNEL_LOCK && link.kind === KERNEL_LOCK && isElsewhere(link)) return false;
  return whereabouts(link) !== 'dead';
}

/** The number tells it from a later link of the same process. */
function ourTarget(kind: LockKind): string {
  const { pid, startTime, namespace } = self();
  return [pid, startTime, randomBytes(6).readUIntBE(0, 6), namespace, kind].join(':');
}

function make(path: string, target: string): boolean {
  try {
    symlinkSync(target, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw systemError(error, `create the lock ${path}`);
  }
}

function links(paths: RegionPaths): Link[] {
  return paths.files().generations.flatMap(({ number, path }) => {
    const target = targetOf(path);
    if (target === undefined) return [];
    const [pid, startTime, , namespace = 0, kind = GENERATION_LOCK] = target.split(':').map(Number);
    return { number, path, pid, startTime, namespace, kind };
  });
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EINVAL') return undefined; // given up just now; no link of ours
    throw systemError(error, `read the lock ${path}`);
  }
}

/** Somebody may have removed the region by force since, and the link with it; then another's may have its name. */
function generationLock(path: string, target: string): HeldLock {
  let held = true;
  const release = () => {
    if (held && targetOf(path) === target) unlinkIfThere(path);
    held = false;
  };
  return { kind: GENERATION_LOCK, link: path, claimed: () => {}, release, discard: release };
}
