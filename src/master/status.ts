/** How a master is doing: what it serves, and what it has done since it was opened. */
import type { Histogram } from './measurements.js';

export interface MasterStatus {
  readonly version: number;
  /** Milliseconds since 1970 of the newest version; undefined before the first. */
  readonly committedAt: number | undefined;
  /** How this process maps files. */
  readonly system: 'native' | 'syscalls';
  /** Bytes of the segment files. */
  readonly bytes: number;
  /** Bytes used in the newest segment, garbage included. */
  readonly usedBytes: number;
  /** Bytes that the newest segment held when it was fresh, and nothing in it was garbage. */
  readonly freshBytes: number;
  /** About how many bytes the document needs; only with `measure`. */
  readonly liveBytes: number | undefined;
  /** The rest of `usedBytes`, about what a compaction removes; only with `measure`. */
  readonly garbageBytes: number | undefined;
  /** Versions that this master has published since it was opened. */
  readonly publishes: number;
  /** Bytes that they have appended, compactions included. */
  readonly changeBytes: number;
  /** Writes and transactions that threw, so that nothing has changed. */
  readonly refusals: number;
  readonly compactions: number;
  /** How long a commit takes until its version is visible, or is handed to its group; one in 16 is timed. */
  readonly publishDurations: Histogram;
  /** How long copies into fresh segments took; all are timed. */
  readonly compactionDurations: Histogram;
}

/** Options of `Master.status`. */
export interface MasterStatusOptions {
  /** Measure live and garbage bytes, which costs O(document); default false. */
  readonly measure?: boolean | undefined;
}
