/** What an agent says of itself. */
import type { JsonMmapError } from '../../errors.js';
import type { Position } from '../log/position.js';

export interface AgentStatus {
  /** The URL, without what is secret. */
  readonly source: string;
  /**
   * `'starting'` before the region is known to be the newest for the first time; `'live'` while that is proved; `'stale'` when it has not
   * been proved for too long; `'refused@N'` when entry N cannot be applied; `'held@N'` when this host is to stay at revision N.
   */
  readonly state: 'starting' | 'live' | 'stale' | `refused@${number}` | `held@${number}`;
  /** Where in the log the region is; undefined when it is from no log, or from another. */
  readonly position: Position | undefined;
  /** The version of the region. */
  readonly version: number;
  /** Revision of the newest entry that the agent knows of. */
  readonly head: number;
  /** Revisions between the region and the head: entries, where the bucket has one document. */
  readonly lagEntries: number;
  /** Milliseconds since the agent heard of the oldest entry that the region does not have; 0 where there is none. */
  readonly lagMs: number;
  /** Milliseconds since the upstream has proved, the last time, which entry is the newest; undefined before the first. */
  readonly proofAgeMs: number | undefined;
  readonly refusal: Refusal | undefined;
  /** Why the upstream could not be followed, the last time, while it cannot. */
  readonly error: JsonMmapError | undefined;
}

export interface Refusal {
  readonly sequence: number;
  readonly error: JsonMmapError;
}

export interface AgentEvents {
  /** An entry, or several at once, is in the region. */
  applied: [{ readonly position: Position; readonly version: number }];
  /** An entry cannot be applied: the last good document stays. */
  refused: [Refusal];
  /** The log is another than that of the region, or does not reach back to it: the region goes on from a snapshot. `reason` says which. */
  reloaded: [{ readonly from: Position | undefined; readonly to: Position; readonly reason: string }];
  /** The state has changed. */
  state: [AgentStatus['state']];
  /** The upstream cannot be followed for now; the agent goes on trying. */
  unreachable: [JsonMmapError];
  close: [];
}
