/**
 * The lock for platforms without kernel locks: a symbolic link `<name>.lock.<generation>` to "pid:start time:number", because making one is
 * atomic together with its content. This order makes sure that two can never hold it:
 *
 * 1. Look. A link whose process lives: locked. Else the next generation is one more than the highest.
 * 2. Make the link of that generation; if somebody was faster, look again.
 * 3. Look again. If any other link has a living process, it may have looked before we made ours: take ours back, and start again.
 *    Of two that both make a link before they look again, at least one sees the other's; if both do, both start again.
 * 4. Nobody else lives: the lock is ours, and the links of the dead can go.
 *
 * The holder is the process: a worker thread that dies without closing keeps it until its process ends. One that has the kernel lock too
 * needs this one only for the tenth of a millisecond in which it becomes the master.
 */
import { randomBytes } from 'node:crypto';
import { readlinkSync, symlinkSync } from 'node:fs';
import { errnoOf, systemError } from '../errors.js';
import { unlinkIfThere } from './files.js';
import { GENERATION_LOCK } from './layout.js';
import type { HeldLock } from './lock.js';
import type { RegionPaths } from './paths.js';
import { isAlive, type ProcessId, self } from './process.js';
import { step } from './steps.js';

const TRIES = 100;

interface Link extends ProcessId {
  readonly path: string;
  readonly number: number;
}

/** Takes the generation lock; undefined when a living process holds it, or others are at it just now. */
export function tryGenerationLock(paths: RegionPaths): HeldLock | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = links(paths);
    if (before.some((link) => isAlive(link))) return undefined;
    const number = 1 + Math.max(0, ...before.map((link) => link.number));
    const path = paths.generation(number);
    const target = ourTarget();
    if (!make(path, target)) continue;
    const lock = generationLock(path, target);
    try {
      step('lock:linked');
      const others = links(paths).filter((link) => link.number !== number);
      if (!others.some((link) => isAlive(link))) {
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

/** Returns the pid of a living process that has a link. */
export function generationHolder(paths: RegionPaths): number | undefined {
  return links(paths).find((link) => isAlive(link))?.pid;
}

/** Returns the paths of the links whose process is dead. */
export function deadGenerations(paths: RegionPaths): string[] {
  return links(paths)
    .filter((link) => !isAlive(link))
    .map(({ path }) => path);
}

/** The number at the end tells it from a later link of the same process. */
function ourTarget(): string {
  const { pid, startTime } = self();
  return `${pid}:${startTime}:${randomBytes(6).readUIntBE(0, 6)}`;
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
    const [pid, startTime] = target.split(':').map(Number);
    return { number, path, pid, startTime };
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
