/** Opening regions as the verbs do. */
import { existsSync } from 'node:fs';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { Follower } from '../follower/follower.js';
import type { Snapshot } from '../follower/snapshot.js';
import { commandOf } from '../system/proc.js';
import type { Where } from './command.js';
import { withCure } from './failure.js';
import { cut } from './output/table.js';
import { inDir, ourCommand } from './shell.js';

const COMMAND_LENGTH = 60;

/** Runs `body` with a follower of the region, closed afterwards. */
export async function withFollower<R>(
  name: string,
  where: Where,
  body: (follower: Follower) => R | Promise<R>,
): Promise<R> {
  const follower = openFollower(name, where);
  try {
    return await body(follower);
  } finally {
    follower.close();
  }
}

/** @throws what `Follower.open` throws; `ERR_DIRECTORY` where the directory is not there */
export function openFollower(name: string, where: Where): Follower {
  return inDirectory(where, () => Follower.open(name, whereOf(where)));
}

/** The same, and with `wait` a region that is not there yet is waited for. @throws the reason of `signal`, too */
export function openOrWait(
  name: string,
  options: Where & { readonly wait?: boolean },
  signal: AbortSignal,
): Follower | Promise<Follower> {
  if (!options.wait) return openFollower(name, options);
  checkDirectory(options.dir);
  return Follower.when(name, { ...whereOf(options), signal });
}

/** Runs `body`, which looks for a region. @throws `ERR_DIRECTORY` where the directory that is named is not there */
export function inDirectory<R>(where: Where, body: () => R): R {
  checkDirectory(where.dir);
  return body();
}

/** Returns where the library should look. */
export function whereOf({ dir, owner }: Where): Where {
  return { dir, owner };
}

/** A directory that is named is there, or its name is misspelt. @throws `ERR_DIRECTORY` */
export function checkDirectory(dir: string | undefined): void {
  if (dir === undefined || existsSync(dir)) return;
  throw new CommandError('ERR_DIRECTORY', `the directory ${dir} does not exist`, { cure: 'check --dir' });
}

/** Returns the snapshot of `version`, by default the newest. @throws `ERR_VERSION_GONE` */
export function snapshotAt(follower: Follower, version: number | undefined, { dir }: Where): Snapshot {
  if (version === undefined) return follower.snapshot();
  try {
    return follower.at(version);
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_VERSION_GONE') throw error;
    throw new CommandError(error.code, whyNot(follower, version), {
      cause: error,
      cure: `see the versions that can be read: ${ourCommand('log', follower.name, ...inDir(dir))}`,
    });
  }
}

function whyNot(follower: Follower, version: number): string {
  if (version > follower.version) {
    return `version ${version} of ${follower.name} does not exist yet: the newest is ${follower.version}`;
  }
  const oldest = follower.history().at(-1)?.version ?? follower.version;
  return `version ${version} of ${follower.name} is no longer kept; the oldest is ${oldest}`;
}

/** Returns the error for a region that has a living master; `what` completes "has a master …". */
export function lockedBy(name: string, error: JsonMmapError, what: string, cure: string): JsonMmapError {
  const { pid, elsewhere } = error as { pid?: number; elsewhere?: boolean };
  if (elsewhere) return withCure(error, cure); // the pid is another process here
  const command = pid === undefined ? undefined : commandOf(pid);
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const shown = command === undefined ? '' : `, ${cut(command, COMMAND_LENGTH)}`;
  return new CommandError(error.code, `the region ${name} has a master${what}: ${who}${shown}`, {
    cause: error,
    pid,
    cure,
  });
}
