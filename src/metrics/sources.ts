/** What is measured: masters and followers of this process, which stay whose they are. */
import type { Follower } from '../follower/follower.js';
import type { Master } from '../master/master.js';

/** A master or a follower, or a function that returns the one there is now; undefined where there is none for the moment. */
export type Source<T> = T | (() => T | undefined);

/** What is used of a master. */
export type MeasuredMaster = Pick<Master, 'name' | 'path' | 'status'>;

/** Whose metrics to read. */
export interface MetricsOptions {
  readonly masters?: readonly Source<MeasuredMaster>[] | undefined;
  readonly followers?: readonly Source<Pick<Follower, 'name' | 'status'>>[] | undefined;
  /**
   * Also find and count the processes that follow the masters, as `Master.status` does with `followers`; default false. A collection then
   * takes some milliseconds, at most once in a second for each master. None are found on systems without /proc.
   */
  readonly findFollowers?: boolean | undefined;
}

/** Returns the things that sources give now. */
export function present<T extends object>(sources: readonly Source<T>[]): T[] {
  return sources
    .map((source) => (typeof source === 'function' ? source() : source))
    .filter((found) => found !== undefined);
}
