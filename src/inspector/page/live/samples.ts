/** Rates, from two states of a region, a second apart. */
import type { MasterReport, RegionState } from '../../api.js';

type Histogram = MasterReport['publishDurations'];

export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly publishesPerSecond: number;
  readonly operationsPerSecond: number;
  /** Undefined where a compaction came between: what was appended before it is not known. */
  readonly appendedPerSecond: number | undefined;
  readonly usedBytes: number;
  readonly freshBytes: number;
  readonly compacted: boolean;
  /** The mean duration of what was published meanwhile, in microseconds, where the master tells. */
  readonly publishUs: number | undefined;
  /** The mean of the compactions meanwhile, in milliseconds. */
  readonly compactionMs: number | undefined;
}

/** Returns the rates between two states; undefined if no time is between them. */
export function sampleOf(before: RegionState, after: RegionState, operations: number): Sample | undefined {
  const seconds = (after.readAt - before.readAt) / 1000;
  if (seconds <= 0 || after.version < before.version) return undefined;
  const compacted = after.segment !== before.segment;
  return {
    at: after.readAt,
    publishesPerSecond: (after.version - before.version) / seconds,
    operationsPerSecond: operations / seconds,
    appendedPerSecond: compacted ? undefined : (after.usedBytes - before.usedBytes) / seconds,
    usedBytes: after.usedBytes,
    freshBytes: after.freshBytes,
    compacted,
    publishUs: mean(before.report?.publishDurations, after.report?.publishDurations, 1e6),
    compactionMs: mean(before.report?.compactionDurations, after.report?.compactionDurations, 1e3),
  };
}

/** The mean of the durations that came between two reports; undefined if none did, or if another master tells by now. */
function mean(before: Histogram | undefined, after: Histogram | undefined, unitsPerSecond: number): number | undefined {
  if (before === undefined || after === undefined || after.count <= before.count) return undefined;
  return (unitsPerSecond * (after.sumSeconds - before.sumSeconds)) / (after.count - before.count);
}
