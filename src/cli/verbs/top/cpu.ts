/** How much of a processor other processes take, from two looks at each. */
import { type ProcessorTime, processorTime } from '../../../system/process.js';

interface Look {
  readonly time: ProcessorTime;
  readonly atMs: number;
  /** The mean between the look before and this one; undefined at the first. */
  readonly percent: number | undefined;
}

/** The kernel counts in steps of 10 ms: a shorter time between two looks would say little. */
const WINDOW_MIN_MS = 500;

export class CpuShares {
  /** One for each pid that was ever asked for, so no more than there are pids. */
  readonly #looks = new Map<number, Look>();

  /**
   * Returns the mean since the last look at this process, in percents of one processor, so more than 100 for one with busy threads.
   * Undefined at the first look, for a process that is gone, and without /proc. It looks at most twice in a second.
   */
  percentOf(pid: number | undefined): number | undefined {
    if (pid === undefined) return undefined;
    const atMs = performance.now();
    const before = this.#looks.get(pid);
    if (before !== undefined && atMs - before.atMs < WINDOW_MIN_MS) return before.percent;
    const time = processorTime(pid);
    if (time === undefined) {
      this.#looks.delete(pid);
      return undefined;
    }
    const percent = before && percentBetween(before, time, atMs);
    this.#looks.set(pid, { time, atMs, percent });
    return percent;
  }
}

/** Undefined where another process has the same pid by now. */
function percentBetween(before: Look, { startTime, processorMs }: ProcessorTime, atMs: number): number | undefined {
  if (before.time.startTime !== startTime) return undefined;
  return (100 * (processorMs - before.time.processorMs)) / (atMs - before.atMs);
}
