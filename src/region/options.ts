/** The options of a master's region, and their checks. */
import { invalid } from './errors.js';
import { RING_MAX_CAPACITY, SEGMENT_MIN_BYTES } from './files/layout.js';
import type { WaitOptions } from './mastership/ownership.js';

export interface WriterOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** Mode of the region's files, default 0o600. Others may at most read: 0o640 or 0o644. */
  readonly mode?: number | undefined;
  /**
   * Bytes that all segment files together may take, at least 192 KiB; default no limit but the file system's. A document can have 3/8 of
   * them, less what `history` holds: the rest is for the copy that compaction makes.
   */
  readonly maxBytes?: number | undefined;
  /** How many of the newest versions stay readable in any case, default 1. */
  readonly history?: number | undefined;
  /**
   * `disk`: a version is visible only once it survives power loss, for regions in a directory on a disk. `none`: a region survives the death of
   * processes, not of the machine. Default: what the region was before, `none` for a new one.
   */
  readonly durability?: 'none' | 'disk' | undefined;
  /**
   * With `durability: 'disk'`: writes return at once, and those of at most that many milliseconds become one version, visible and durable together;
   * see `Master.durable`. Default: each write is its own version, and returns when that is durable.
   */
  readonly groupMs?: number | undefined;
  /** Wait for a region that another master holds; default: fail at once. */
  readonly wait?: WaitOptions | undefined;
}

const MODES: readonly number[] = [0o600, 0o640, 0o644];
/** Two segments of the smallest size, the one that is written and the copy that will replace it, and room to edit. */
export const LEAST_MAX_BYTES = 3 * SEGMENT_MIN_BYTES;
/** The longest delay of a timer. */
const GROUP_MAX_MS = 2 ** 31 - 1;
const HISTORY_MAX = RING_MAX_CAPACITY - 2;

/** @throws `ERR_INVALID_ARG` */
export function checkWriterOptions(options: WriterOptions) {
  const { mode, maxBytes = Infinity, history = 1, wait } = options;
  if (mode !== undefined && !MODES.includes(mode)) {
    throw invalid('mode must be 0o600, 0o640 or 0o644: followers read, and only the master writes');
  }
  if (typeof maxBytes !== 'number' || !(maxBytes >= LEAST_MAX_BYTES)) {
    throw invalid(`maxBytes must be a number of at least ${LEAST_MAX_BYTES}`);
  }
  if (!Number.isInteger(history) || history < 1 || history > HISTORY_MAX) {
    throw invalid(`history must be an integer from 1 to ${HISTORY_MAX}`, { option: 'history' });
  }
  checkDurability(options);
  const timeoutMs = wait?.timeoutMs ?? Infinity;
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw invalid('wait.timeoutMs must be a number of milliseconds');
  }
  return { mode, maxBytes, history };
}

function checkDurability({ durability, groupMs }: WriterOptions): void {
  if (durability !== undefined && durability !== 'none' && durability !== 'disk') {
    throw invalid("durability must be 'none' or 'disk'");
  }
  if (groupMs === undefined) return;
  if (durability !== 'disk') throw invalid("groupMs groups what one sync makes durable: it needs durability: 'disk'");
  if (typeof groupMs !== 'number' || !(groupMs >= 0 && groupMs <= GROUP_MAX_MS)) {
    throw invalid(`groupMs must be a number of milliseconds from 0 to ${GROUP_MAX_MS}`);
  }
}

/** @throws `ERR_INVALID_ARG` when a commit ring of `capacity` records, chosen at the creation of the region, cannot keep `history` versions. */
export function checkHistoryFits(history: number, capacity: number): void {
  if (history <= capacity - 2) return;
  throw invalid(
    `history ${history} does not fit this region, whose commit ring was created for at most ${capacity - 2} versions`,
    { option: 'history', cure: 'ask for fewer, or remove the region first' },
  );
}
