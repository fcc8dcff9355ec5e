/**
 * What a master measures while it works, in memory of fixed size. What can be told from versions and watermarks is not counted, and the
 * clock is read for few writes.
 */
import { COMPACTION_BOUNDS_SECONDS, PUBLISH_BOUNDS_SECONDS } from '../duration-bounds.js';
import type { Histogram } from '../write-requests/report.js';

/** A move of the document to a fresh segment. */
export interface CompactionEvent {
  /** The version that made it visible. */
  readonly version: number;
  /** The number of the fresh segment. */
  readonly segment: number;
  /** Bytes used in the old segment, garbage included. */
  readonly bytesBefore: number;
  /** Bytes used in the fresh one. */
  readonly bytesAfter: number;
  readonly durationMs: number;
}

/** A write is timed when these bits of the version before it are 0: one in 16. */
export const UNTIMED_BITS = 15;

export class Measurements {
  compactions = 0;
  refusals = 0;
  /** A compaction that listeners are still to be told of. */
  untold: CompactionEvent | undefined;
  readonly #publish = new Durations(PUBLISH_BOUNDS_SECONDS);
  readonly #compaction = new Durations(COMPACTION_BOUNDS_SECONDS);

  /** A commit that was timed took `durationMs`. */
  published(durationMs: number): void {
    this.#publish.add(durationMs);
  }

  compacted(event: CompactionEvent): void {
    this.compactions++;
    this.#compaction.add(event.durationMs);
    this.untold = event;
  }

  get publishDurations(): Histogram {
    return this.#publish.histogram();
  }

  get compactionDurations(): Histogram {
    return this.#compaction.histogram();
  }
}

class Durations {
  readonly #boundsSeconds: readonly number[];
  readonly #counts: Float64Array;
  #sumSeconds = 0;

  constructor(boundsSeconds: readonly number[]) {
    this.#boundsSeconds = boundsSeconds;
    this.#counts = new Float64Array(boundsSeconds.length + 1);
  }

  add(durationMs: number): void {
    const seconds = durationMs / 1000;
    let bucket = 0;
    while (bucket < this.#boundsSeconds.length && seconds > this.#boundsSeconds[bucket]) bucket++;
    this.#counts[bucket]++;
    this.#sumSeconds += seconds;
  }

  histogram(): Histogram {
    const counts = [...this.#counts];
    return {
      boundsSeconds: this.#boundsSeconds,
      counts,
      sumSeconds: this.#sumSeconds,
      count: counts.reduce((sum, n) => sum + n, 0),
    };
  }
}
