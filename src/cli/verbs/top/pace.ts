/** How fast a region changes, from two looks at its commit ring. Nothing of the document is read, and nothing is kept open between the looks. */
import { commitAt, newestCommit } from '../../../region/control/commits.js';
import type { Control } from '../../../region/control/control.js';
import type { Commit } from '../../../region/control/record.js';

/** One look at a region, to be compared with the next one. */
export interface Look {
  /** Tells a region from a later one of the same name. */
  readonly instance: string;
  readonly newest: Commit;
  /** The oldest version in the segment of the newest one, as far as the ring reaches. */
  readonly segmentFrom: number;
  /** A monotonic time. */
  readonly atMs: number;
}

export interface Pace {
  readonly publishesPerSecond: number;
  readonly changeBytesPerSecond: number;
}

/** Looks at a region; undefined while it has no version. O(1), or O(ring) where there is no look before in the same segment. @throws `ERR_REGION_CORRUPT` */
export function lookAt({ header, ring }: Control, before: Look | undefined): Look | undefined {
  const newest = newestCommit(ring);
  if (newest === undefined) return undefined;
  const { instance } = header;
  const isSame = before?.instance === instance && before.newest.segment === newest.segment;
  const segmentFrom = isSame
    ? before.segmentFrom
    : (commitsFrom(ring, newest).findLast(({ segment }) => segment === newest.segment)?.version ?? newest.version);
  return { instance, newest, segmentFrom, atMs: performance.now() };
}

/**
 * Returns the mean since the look before, or in the last `windowMs` where there is none of the same region.
 * @throws `ERR_REGION_CORRUPT`
 */
export function paceOf({ ring }: Control, now: Look, before: Look | undefined, windowMs: number): Pace {
  const { newest } = now;
  if (before?.instance !== now.instance) return paceWithin(commitsFrom(ring, newest), windowMs);
  const seconds = Math.max(now.atMs - before.atMs, 1) / 1000;
  const publishes = Math.max(0, newest.version - before.newest.version);
  const bytes =
    newest.segment === before.newest.segment
      ? newest.watermark - before.newest.watermark
      : publishes * meanBytes(commitsFrom(ring, newest, publishes));
  return { publishesPerSecond: publishes / seconds, changeBytesPerSecond: Math.max(0, bytes) / seconds };
}

/** A ring that does not reach back so far tells the pace of the time that it covers. */
function paceWithin(commits: readonly Commit[], windowMs: number): Pace {
  const since = Date.now() - windowMs;
  const recent = commits.filter(({ committedAt }) => committedAt > since);
  const isLapped = recent.length === commits.length && recent[recent.length - 1]?.version > 1;
  const coveredMs = isLapped ? Math.max(1, Date.now() - recent[recent.length - 1].committedAt) : windowMs;
  const publishesPerSecond = (recent.length * 1000) / coveredMs;
  return { publishesPerSecond, changeBytesPerSecond: publishesPerSecond * meanBytes(commits) };
}

/** Bytes that a version appends. One that begins a segment may be a copy: it counts only where there is no other. */
function meanBytes(commits: readonly Commit[]): number {
  const steps = commits.slice(0, -1).map((commit, i) => [commit, commits[i + 1]]);
  const added = steps.flatMap(([newer, older]) =>
    newer.segment === older.segment ? newer.watermark - older.watermark : [],
  );
  if (added.length > 0) return added.reduce((sum, bytes) => sum + bytes, 0) / added.length;
  return commits.length === 0 ? 0 : commits[0].freshBytes;
}

/** The newest version and those before it that are in the ring, newest first. @param steps How many to go back. */
function commitsFrom(ring: Control['ring'], newest: Commit, steps = ring.capacity): Commit[] {
  const commits = [newest];
  const most = Math.min(steps, ring.capacity);
  for (let version = newest.version - 1; version > 0 && commits.length <= most; version--) {
    const commit = commitAt(ring, version);
    if (commit === undefined) break;
    commits.push(commit);
  }
  return commits;
}
