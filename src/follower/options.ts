/** What a follower may be asked for. */
import { checkOptions, JsonMmapError } from '../errors.js';
import type { Path } from '../format/pointer.js';
import type { ReaderOptions } from '../region/reader.js';

export type FollowerOptions = ReaderOptions;

export interface WhenOptions extends FollowerOptions {
  /** How long to wait, in milliseconds; default forever. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangesOptions {
  /** What to watch; default the whole document. */
  readonly path?: Path | undefined;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const OPEN_OPTIONS = ['dir', 'owner'];
const WHEN_OPTIONS = [...OPEN_OPTIONS, 'signal', 'timeoutMs'];
const CHANGES_OPTIONS = ['path', 'signal'];

/** @throws `ERR_INVALID_ARG` naming an option that does not exist, or an owner that is no user id */
export function checkFollowerOptions(options: FollowerOptions): void {
  checkOptions(options, OPEN_OPTIONS);
  checkOwner(options.owner);
}

/** @throws `ERR_INVALID_ARG` naming an option that does not exist or has another type */
export function checkWhenOptions(options: WhenOptions): void {
  checkOptions(options, WHEN_OPTIONS);
  checkOwner(options.owner);
  checkSignal(options.signal);
  const { timeoutMs = Number.POSITIVE_INFINITY } = options;
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'timeoutMs must be a number of milliseconds, 0 or more');
  }
}

/** @throws `ERR_INVALID_ARG` naming an option that does not exist or has another type */
export function checkChangesOptions(options: ChangesOptions): void {
  checkOptions(options, CHANGES_OPTIONS);
  checkSignal(options.signal);
}

function checkOwner(owner: unknown): void {
  if (owner === undefined || (Number.isSafeInteger(owner) && (owner as number) >= 0)) return;
  throw new JsonMmapError('ERR_INVALID_ARG', 'owner must be a user id: a whole number, 0 or more');
}

/** Signals of another realm count too. */
function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const { aborted, throwIfAborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  const methods = [throwIfAborted, addEventListener];
  if (typeof aborted === 'boolean' && methods.every((method) => typeof method === 'function')) return;
  throw new JsonMmapError('ERR_INVALID_ARG', 'signal must be an AbortSignal');
}
