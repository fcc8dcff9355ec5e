/** Opening regions as the verbs do, with what to do when that fails. */
import { existsSync } from 'node:fs';
import { JsonMmapError } from '../errors.js';
import type { Snapshot } from '../follower/snapshot.js';
import { Follower, regions } from '../index.js';
import type { Where } from './command.js';
import { withCure } from './failure.js';
import { nearest } from './nearest.js';
import { cut } from './output/table.js';
import { commandOf } from './processes/proc.js';

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

/** @throws what `Follower.open` throws, with a cure; `ERR_DIRECTORY` where the directory is not there */
export function openFollower(name: string, where: Where): Follower {
  return orCure(name, where, () => Follower.open(name, whereOf(where)));
}

/** Runs `body`, which opens the region or asks something of it; its errors say what to do at the command line. */
export function orCure<R>(name: string, where: Where, body: () => R): R {
  checkDirectory(where.dir);
  try {
    return body();
  } catch (error) {
    throw error instanceof JsonMmapError ? cured(error, name, where) : error;
  }
}

/** Returns where the library should look. */
export function whereOf({ dir, owner }: Where): Where {
  return { dir, owner };
}

/** A directory that is named is there, or its name is misspelt. @throws `ERR_DIRECTORY` */
export function checkDirectory(dir: string | undefined): void {
  if (dir === undefined || existsSync(dir)) return;
  throw new JsonMmapError('ERR_DIRECTORY', `there is no directory ${dir}`, { cure: 'check --dir' });
}

/** Returns the snapshot of `version`, by default the newest. @throws `ERR_VERSION_GONE` */
export function snapshotAt(follower: Follower, version: number | undefined, where: Where): Snapshot {
  if (version === undefined) return follower.snapshot();
  return orCure(follower.name, where, () => follower.at(version));
}

function cured(error: JsonMmapError, name: string, where: Where): JsonMmapError {
  switch (error.code) {
    case 'ERR_REGION_NOT_FOUND':
      return withCure(error, notFoundCure(name, where));
    case 'ERR_VERSION_GONE':
      return withCure(error, `see the versions that are kept: jsonmmap log ${name}`);
    case 'ERR_REGION_CORRUPT':
      return withCure(error, `see what is wrong: jsonmmap check ${name}`);
    default:
      return error;
  }
}

function notFoundCure(name: string, where: Where): string {
  const names = regions(whereOf(where)).map((region) => region.name);
  const meant = nearest(name, names);
  return meant === undefined ? 'see which regions there are: jsonmmap ls' : `did you mean ${meant}?`;
}

/** Returns the error for a region whose living master is in the way; `what` completes "has a master …". */
export function lockedBy(name: string, error: JsonMmapError, what: string, cure: string): JsonMmapError {
  const { pid, elsewhere } = error as { pid?: number; elsewhere?: boolean };
  if (elsewhere) return withCure(error, cure); // the pid is another process here
  const command = pid === undefined ? undefined : commandOf(pid);
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const shown = command === undefined ? '' : `, ${cut(command, COMMAND_LENGTH)}`;
  return new JsonMmapError(error.code, `the region ${name} has a master${what}: ${who}${shown}`, {
    cause: error,
    pid,
    cure,
  });
}
