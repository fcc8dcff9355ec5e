import type { Change } from './change.js';

/** What a follower emits. Events conflate: a slow listener hears of the newest state, not of every step. */
export interface FollowerEvents<T> {
  /** There is a newer version. */
  change: [Change<T>];
  /** The master has come, gone or died; the document stays readable. */
  master: [{ alive: boolean }];
  /** The region was removed; the last document stays readable, and a region of the same name is followed when it comes. */
  removed: [];
  error: [unknown];
}
