/** What a follower may be asked for. */
import { checkOptions } from '../errors.js';
import type { ReaderOptions } from '../region/reader.js';

export type FollowerOptions = ReaderOptions;

export interface WhenOptions extends FollowerOptions {
  /** How long to wait, in milliseconds; default for ever. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const OPEN_OPTIONS = ['dir', 'owner'];
const WHEN_OPTIONS = [...OPEN_OPTIONS, 'signal', 'timeoutMs'];

/** @throws `ERR_INVALID_ARG` naming an option that does not exist */
export function checkFollowerOptions(options: FollowerOptions): void {
  checkOptions(options, OPEN_OPTIONS);
}

/** @throws `ERR_INVALID_ARG` naming an option that does not exist */
export function checkWhenOptions(options: WhenOptions): void {
  checkOptions(options, WHEN_OPTIONS);
}
