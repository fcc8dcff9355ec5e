/** What is measured: masters and followers of this process, which stay whose they are. */
import type { Follower } from '../follower/follower.js';
import type { Master } from '../master/master.js';

/** A master or a follower, or a function that returns the one there is now; undefined where there is none for the moment. */
export type Source<T> = T | (() => T | undefined);

/** Whose metrics to read. */
export interface MetricsOptions {
  readonly masters?: readonly Source<Pick<Master, 'name' | 'status'>>[] | undefined;
  readonly followers?: readonly Source<Pick<Follower, 'name' | 'status'>>[] | undefined;
}

/** Returns the things that sources give now. */
export function present<T extends object>(sources: readonly Source<T>[]): T[] {
  return sources
    .map((source) => (typeof source === 'function' ? source() : source))
    .filter((found) => found !== undefined);
}
