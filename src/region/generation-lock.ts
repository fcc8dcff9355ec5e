/**
 * The lock for platforms without kernel locks: a symbolic link `<name>.lock.<generation>` to "pid:start time", because making one is
 * atomic together with its content. This order makes sure that two can never hold it:
 *
 * 1. Look. A link whose process lives: locked. Else the next generation is one more than the highest.
 * 2. Make the link of that generation; if somebody was faster, look again.
 * 3. Look again. If any other link has a living process, it may have looked before we made ours: take ours back, and start again.
 *    Of two that both make a link before they look again, at least one sees the other's; if both do, both start again.
 * 4. Nobody else lives: the lock is ours, and the links of the dead can go.
 *
 * The holder is the process: a worker thread that dies without closing keeps it until its process ends.
 */
import { readlinkSync, symlinkSync } from 'node:fs';
import { errnoOf, systemError } from '../errors.js';
import { unlinkIfThere } from './files.js';
import { GENERATION_LOCK } from './layout.js';
import type { HeldLock } from './lock.js';
import type { RegionPaths } from './paths.js';
import { isAlive, self } from './process.js';
import { step } from './steps.js';

const TRIES = 100;

/** Takes the generation lock; undefined when a living process holds it, or others are at it just now. */
export function tryGenerationLock(paths: RegionPaths): HeldLock | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    if (generationHolder(paths) !== undefined) return undefined;
    const ours = 1 + Math.max(0, ...paths.files().generations.map(({ number }) => number));
    if (!make(paths.generation(ours))) continue;
    step('lock:linked');
    if (generationHolder(paths, ours) === undefined) {
      removeDead(paths);
      return generationLock(paths.generation(ours));
    }
    unlinkIfThere(paths.generation(ours));
  }
  return undefined;
}

/** Returns the pid of a living process that has a link other than `except`. */
export function generationHolder(paths: RegionPaths, except?: number): number | undefined {
  for (const { number, path } of paths.files().generations) {
    const holder = number === except ? undefined : holderOf(path);
    if (holder !== undefined && isAlive(holder)) return holder.pid;
  }
  return undefined;
}

/** Returns the paths of the links whose process is dead. */
export function deadGenerations(paths: RegionPaths): string[] {
  return paths.files().generations.flatMap(({ path }) => {
    const holder = holderOf(path);
    return holder !== undefined && !isAlive(holder) ? path : [];
  });
}

/** Removes the links of the dead: only for whoever holds the region, or a link could go that was made again since it was read. */
export function removeDead(paths: RegionPaths): void {
  for (const path of deadGenerations(paths)) unlinkIfThere(path);
}

function make(path: string): boolean {
  const { pid, startTime } = self();
  try {
    symlinkSync(`${pid}:${startTime}`, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw systemError(error, `create the lock ${path}`);
  }
}

function holderOf(path: string): { pid: number; startTime: number } | undefined {
  try {
    const [pid, startTime] = readlinkSync(path).split(':').map(Number);
    return { pid, startTime };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EINVAL') return undefined; // given up just now; no link of ours
    throw systemError(error, `read the lock ${path}`);
  }
}

function generationLock(path: string): HeldLock {
  let held = true;
  return {
    kind: GENERATION_LOCK,
    path,
    release: () => {
      if (held) unlinkIfThere(path);
      held = false;
    },
  };
}
