/** What goes wrong with regions, in words: what failed, and what to do. */
import { JsonMmapError } from '../errors.js';

/** Bytes that no master of ours wrote; `reason` completes "it is damaged or not ours: …". */
export function corrupt(path: string, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_CORRUPT',
    `${path} is damaged or not ours: ${reason}; remove the region, its master can create it again`,
  );
}

export function foreign(path: string, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_FORMAT',
    `${path} cannot be read: ${reason}; use the same version of jsonmmap everywhere, or remove the region`,
  );
}

export function notFound(name: string, path: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_NOT_FOUND',
    `there is no region ${name}: nothing has created ${path}; start its master, or check name and directory`,
  );
}

export function denied(path: string, reason: string, cause?: unknown): JsonMmapError {
  return new JsonMmapError('ERR_REGION_DENIED', `${path} is not trusted: ${reason}`, { cause });
}

export function locked(name: string, pid: number | undefined): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_LOCKED',
    `the region ${name} has a master, ${processOf(pid)}: close that one, or wait for its end with the option wait`,
    { pid },
  );
}

export function timedOut(name: string, pid: number | undefined, waitedMs: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_TIMEOUT',
    `the region ${name} still has a master, ${processOf(pid)}, after ${Math.round(waitedMs)} ms: close that one, or wait longer`,
    { pid },
  );
}

export function fenced(name: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_FENCED',
    `this master has lost the region ${name}: it was removed, or another master took it; open it again`,
  );
}

export function closed(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the region ${name} has been closed here: open it again`);
}

export function versionGone(name: string, version: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_VERSION_GONE',
    `version ${version} of the region ${name} is not kept: open its master with a larger history, or hold a snapshot`,
  );
}

export function tooLarge(path: string, neededBytes: number, mostBytes: number, reason: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `${path} would need ${neededBytes} bytes and may have ${mostBytes}: ${reason}`,
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

function processOf(pid: number | undefined): string {
  return pid === undefined ? 'another process' : `process ${pid}`;
}
