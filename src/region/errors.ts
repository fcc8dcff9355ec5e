/** What goes wrong with regions, in words: what failed, and what to do. */
import { JsonMmapError } from '../errors.js';

/** A holder that is in the way. */
export interface Locked {
  /** Undefined where it is not known. */
  readonly pid: number | undefined;
  /** Whether the pid counts in another pid namespace. */
  readonly elsewhere: boolean;
  /** Whether it lives, as far as this process can know. */
  readonly certain: boolean;
}

/** Bytes that no master of ours wrote; `reason` completes "… is damaged, or not a file of jsonmmap: …". */
export function corrupt(path: string, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_CORRUPT',
    `${path} is damaged, or not a file of jsonmmap: ${reason}; remove the region, and its master can create it again`,
  );
}

export function foreign(path: string, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_FORMAT',
    `${path} has another format: ${reason}; use the same version of jsonmmap everywhere, or remove the region`,
  );
}

export function notFound(name: string, path: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_NOT_FOUND',
    `the region ${name} does not exist: there is no file ${path}; start its master, or check name and directory`,
  );
}

export function denied(path: string, reason: string, cause?: unknown): JsonMmapError {
  return new JsonMmapError('ERR_REGION_DENIED', `${path} is not trusted: ${reason}`, { cause });
}

/** `elsewhere` in the error says that `pid` counts in another pid namespace. */
export function locked(name: string, { pid, elsewhere, certain }: Locked): JsonMmapError {
  const message = certain
    ? `the region ${name} already has a master, ${processOf(pid, elsewhere)}: close that one first, or wait for it with the option wait`
    : `the region ${name} names a master that cannot be seen from here, ${processOf(pid, elsewhere)}: close that one; if it is dead, remove the region by force and publish it anew`;
  return new JsonMmapError('ERR_REGION_LOCKED', message, { pid, elsewhere });
}

export function timedOut(name: string, { pid, elsewhere, certain }: Locked, waitedMs: number): JsonMmapError {
  const cure = certain ? 'or wait longer' : 'or, if it is dead, remove the region by force';
  return new JsonMmapError(
    'ERR_TIMEOUT',
    `the region ${name} still has a master, ${processOf(pid, elsewhere)}, after ${Math.round(waitedMs)} ms: close that one, ${cure}`,
    { pid, elsewhere },
  );
}

export function fenced(name: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_FENCED',
    `this master has lost the region ${name}: the region was removed, or has another master now; open it again`,
  );
}

export function closed(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the region ${name} is closed: open it again`);
}

/** @param newest 0 where there is none. */
export function versionGone(name: string, version: number, newest: number): JsonMmapError {
  const message =
    version > newest
      ? `version ${version} of the region ${name} does not exist yet; the newest is ${newest}`
      : `version ${version} of the region ${name} is no longer kept; the newest is ${newest}: open its master with a larger history, or hold a snapshot`;
  return new JsonMmapError('ERR_VERSION_GONE', message);
}

export function tooLarge(path: string, neededBytes: number, mostBytes: number, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `${path} cannot grow to ${neededBytes} bytes, its limit is ${mostBytes}: ${reason}`,
  );
}

/** `what` are all in use: versions, or numbers of segments. */
export function usedUp(name: string, what: string, most: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `the region ${name} has used up its ${what}, ${most} of them: remove it, and its master can create it again`,
  );
}

export function noSpace(path: string, neededBytes: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_NO_SPACE',
    `could not make ${path} ${neededBytes} bytes long: the file system is full; free space or use another directory`,
  );
}

export function invalid(message: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', message);
}

function processOf(pid: number | undefined, elsewhere: boolean): string {
  if (pid === undefined) return 'another process';
  return elsewhere ? `process ${pid} of another pid namespace (a container)` : `process ${pid}`;
}
