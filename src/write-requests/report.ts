/** What a master tells other processes of its work, over the control socket. */
import type { RequestEvent, Requester } from './protocol.js';

export interface MasterReport {
  /** Versions published since the master was opened. */
  readonly publishes: number;
  /** Bytes that they have appended. */
  readonly changeBytes: number;
  /** Writes that were refused. */
  readonly refusals: number;
  readonly compactions: number;
  readonly publishDurations: Histogram;
  readonly compactionDurations: Histogram;
  /** The last writes that other processes have asked for, newest first. */
  readonly requests: readonly DoneRequest[];
}

/** Durations in buckets. */
export interface Histogram {
  /** Upper bounds of the buckets in seconds, ascending. A last bucket, for what took longer, has none. */
  readonly boundsSeconds: readonly number[];
  /** How many durations fell into each bucket, one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
  readonly count: number;
}

/** A write that another process has asked for, and the version at which it is visible. */
export interface DoneRequest {
  readonly version: number;
  readonly verb: RequestEvent['verb'];
  readonly path?: string | undefined;
  readonly by: Requester;
}

const REQUESTS_MAX = 100;
const PATH_MAX_CHARACTERS = 200;

/** The last requests that a master has done; at most 100, in memory of fixed size. */
export class DoneRequests {
  #newestFirst: DoneRequest[] = [];

  add({ version, verb, path, by }: RequestEvent): void {
    if (version === undefined) return;
    const done = { version, verb, path: path?.slice(0, PATH_MAX_CHARACTERS), by };
    this.#newestFirst = [done, ...this.#newestFirst.slice(0, REQUESTS_MAX - 1)];
  }

  get newestFirst(): readonly DoneRequest[] {
    return this.#newestFirst;
  }
}

const NUMBERS = ['publishes', 'changeBytes', 'refusals', 'compactions'] as const;

/** Whether an answer has the report that it should have: nothing is believed that was not checked. */
export function isReport(value: unknown): value is MasterReport {
  const report = (value ?? {}) as Record<string, unknown>;
  return (
    NUMBERS.every((name) => isNumber(report[name])) &&
    isHistogram(report.publishDurations) &&
    isHistogram(report.compactionDurations) &&
    Array.isArray(report.requests) &&
    report.requests.length <= REQUESTS_MAX &&
    report.requests.every(isDone)
  );
}

function isHistogram(value: unknown): boolean {
  const { boundsSeconds, counts, sumSeconds, count } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(boundsSeconds) || !Array.isArray(counts)) return false;
  return counts.length === boundsSeconds.length + 1 && [...boundsSeconds, ...counts, sumSeconds, count].every(isNumber);
}

function isDone(value: unknown): boolean {
  const { version, verb, path, by } = (value ?? {}) as Record<string, unknown>;
  const { pid, name } = (by ?? {}) as Record<string, unknown>;
  const texts = [verb, name, path ?? ''];
  return isNumber(version) && isNumber(pid) && texts.every((text) => typeof text === 'string');
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
