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
  return new JsonMmapError('ERR_REGION_CORRUPT', `${path} is damaged, or not a file of jsonmmap: ${reason}`, {
    cure: `remove the region, and its master can create it again`,
  });
}

export function foreign(path: string, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_REGION_FORMAT', `${path} has another format: ${reason}`, {
    cure: `use the same version of jsonmmap everywhere, or remove the region`,
  });
}

export function notFound(name: string, path: string): JsonMmapError {
  return new JsonMmapError('ERR_REGION_NOT_FOUND', `the region ${name} does not exist: there is no file ${path}`, {
    cure: `start its master, or check name and directory`,
  });
}

/** Why a file is not trusted, for programs, beside the words. */
export interface Distrusted {
  readonly path: string;
  readonly fault: 'type' | 'owner' | 'mode';
  /** To whom it belongs. */
  readonly owner?: number | undefined;
}

/** @param reason Completes "… is not trusted: …". */
export function denied(
  path: string,
  reason: string,
  details: { cause?: unknown; cure?: string; distrusted?: Distrusted } = {},
): JsonMmapError {
  return new JsonMmapError('ERR_REGION_DENIED', `${path} is not trusted: ${reason}`, details);
}

/** `elsewhere` in the error says that `pid` counts in another pid namespace. */
export function locked(name: string, { pid, elsewhere, certain }: Locked): JsonMmapError {
  const holder = processOf(pid, elsewhere);
  const [summary, cure] = certain
    ? [`the region ${name} already has a master, ${holder}`, 'close it first, or wait for its end with the option wait']
    : [
        `the region ${name} names a master that cannot be seen from here, ${holder}`,
        'close it, or if it is dead, remove the region by force and publish again',
      ];
  return new JsonMmapError('ERR_REGION_LOCKED', summary, { pid, elsewhere, cure });
}

export function timedOut(name: string, { pid, elsewhere, certain }: Locked, waitedMs: number): JsonMmapError {
  const cure = certain ? 'or wait longer' : 'or, if it is dead, remove the region by force';
  return new JsonMmapError(
    'ERR_TIMEOUT',
    `the region ${name} still has a master, ${processOf(pid, elsewhere)}, after ${Math.round(waitedMs)} ms`,
    { pid, elsewhere, cure: `close it, ${cure}` },
  );
}

export function fenced(name: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_FENCED',
    `this master has lost the region ${name}: the region was removed, or has another master now`,
    { cure: `open it again` },
  );
}

export function closed(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the region ${name} is closed`, { cure: `open it again` });
}

/** @param newest 0 where there is none. */
export function versionGone(name: string, version: number, newest: number): JsonMmapError {
  if (version > newest) {
    const summary = `version ${version} of the region ${name} does not exist yet: the newest is ${newest}`;
    return new JsonMmapError('ERR_VERSION_GONE', summary);
  }
  return new JsonMmapError(
    'ERR_VERSION_GONE',
    `version ${version} of the region ${name} is no longer kept: the newest is ${newest}`,
    { cure: 'open its master with a larger history, or hold a snapshot' },
  );
}

/** Another writer was first. @param version The newest one; 0 where there is no document. */
export function conflict(expected: number, version: number): JsonMmapError {
  const newest = version === 0 ? 'the region has no document' : `version ${version} is the newest`;
  const other = expected === 0 ? 'a region without a document' : `version ${expected}`;
  return new JsonMmapError('ERR_CONFLICT', `nothing was written: ${newest}, and ${other} was expected`, {
    version,
    expected,
    cure: 'read it and write again',
  });
}

/** @param limit What sets the limit: `maxBytes` of the master, or the format. */
export function tooLarge(
  path: string,
  neededBytes: number,
  mostBytes: number,
  limit: 'maxBytes' | 'format',
): JsonMmapError {
  const cure =
    limit === 'format'
      ? 'store less in one document, because no segment can be larger'
      : 'raise maxBytes, of which compaction and the versions that are kept need a part, or store less';
  return new JsonMmapError('ERR_TOO_LARGE', `${path} cannot grow to ${neededBytes} bytes: its limit is ${mostBytes}`, {
    limit,
    cure,
  });
}

/** `what` are all in use: versions, or numbers of segments. */
export function usedUp(name: string, what: string, most: number): JsonMmapError {
  return new JsonMmapError('ERR_TOO_LARGE', `the region ${name} has used up its ${what}, ${most} of them`, {
    cure: `remove it, and its master can create it again`,
  });
}

export function noSpace(path: string, neededBytes: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_NO_SPACE',
    `could not make ${path} ${neededBytes} bytes long: the file system is full`,
    { cure: `free space or use another directory` },
  );
}

export function invalid(summary: string, details?: { option: string; cure?: string }): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', summary, details);
}

function processOf(pid: number | undefined, elsewhere: boolean): string {
  if (pid === undefined) return 'another process';
  return elsewhere ? `process ${pid} of another pid namespace (a container)` : `process ${pid}`;
}
