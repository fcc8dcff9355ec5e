/** How a master is doing: what it serves, and what it has done since it was opened. */
import type { Commit } from '../region/control/record.js';
import { type FollowerProcess, type FollowerProcesses, lagVersions } from '../region/followers.js';
import type { Histogram } from '../write-requests/report.js';

/** A process that follows the region, and how far it is behind. */
export interface FollowerStatus extends FollowerProcess {
  /**
   * At least how many versions it is behind: 0 where it has the newest segment mapped, whose versions look alike from here; undefined
   * before its first read.
   */
  readonly lagVersions: number | undefined;
}

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
  /** Writes and transactions that were refused with a code, so that nothing has changed. */
  readonly refusals: number;
  readonly compactions: number;
  /** How long a commit takes until its version is visible, or is handed to its group; one in 16 is timed. */
  readonly publishDurations: Histogram;
  /** How long copies into fresh segments took; all are timed. */
  readonly compactionDurations: Histogram;
  /** Other processes of this machine that follow the region; only with `followers`. */
  readonly followers: readonly FollowerStatus[] | undefined;
  /** How many processes of other users could not be looked into; only with `followers`. */
  readonly hiddenProcesses: number | undefined;
}

/** Options of `Master.status`. */
export interface MasterStatusOptions {
  /** Measure live and garbage bytes, which costs O(document); default false. */
  readonly measure?: boolean | undefined;
  /** Look for followers in /proc, which takes milliseconds; default false. None are found on systems without it. */
  readonly followers?: boolean | undefined;
}

/** Returns the two members of a status that tell of followers. @param commits Newest first. */
export function followersIn(
  { processes, hidden }: FollowerProcesses,
  commits: readonly Commit[],
): Pick<MasterStatus, 'followers' | 'hiddenProcesses'> {
  const followers = processes.map((process) => ({ ...process, lagVersions: lagVersions(process, commits) }));
  return { followers, hiddenProcesses: hidden };
}
