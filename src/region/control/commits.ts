/** Reads the commit ring while its writer goes on: a record is whole, or known to be gone. */
import { corrupt } from '../errors.js';
import { HEADER_BYTES, SEGMENT_MAX_BYTES } from '../files/layout.js';
import type { Commit } from './record.js';
import type { CommitRing } from './ring.js';

/** Each retry means that the master has gone once around the ring between two loads; that many in a row is no accident. */
const NEWEST_TRIES = 1000;
/** A record that does not verify under an unmoved version word is damaged; it is read again only to be sure. */
const RECORD_TRIES = 3;

/**
 * Returns the newest commit, undefined before the first. Wait-free, unless the master laps the ring between two loads.
 * @throws `ERR_REGION_CORRUPT`
 */
export function newestCommit(ring: CommitRing): Commit | undefined {
  for (let tries = 0; tries < NEWEST_TRIES; tries++) {
    const version = ring.version();
    if (version === 0) return undefined;
    const commit = publishedAt(ring, version);
    if (commit !== undefined) return commit;
  }
  throw corrupt(ring.path, 'its version word moves faster than it can be read');
}

/**
 * Returns the commit of `version`, undefined when its record is overwritten, about to be, or not yet published.
 * @throws `ERR_REGION_CORRUPT` when the record should be there and is not.
 */
export function commitAt(ring: CommitRing, version: number): Commit | undefined {
  if (!Number.isSafeInteger(version) || version < 1) return undefined;
  // Before it is published, its slot may hold a whole record that a dead master left; the next master publishes another one (I12).
  if (version > ring.version()) return undefined;
  return publishedAt(ring, version);
}

/** Returns the commits in the ring that lie in a segment for which `isThere` holds, newest first. O(capacity). */
export function readableCommits(ring: CommitRing, isThere: (segment: number) => boolean): Commit[] {
  const commits: Commit[] = [];
  const segments = new Map<number, boolean>();
  // Bounded by the capacity too: the owner of the file may move the version word along with us.
  for (let version = ring.version(), left = ring.capacity; version > 0 && left > 0; version--, left--) {
    const commit = commitAt(ring, version);
    if (commit === undefined) break;
    if (!segments.has(commit.segment)) segments.set(commit.segment, isThere(commit.segment));
    if (segments.get(commit.segment)) commits.push(commit);
  }
  return commits;
}

/** The same of a version that the word has reached already. */
function publishedAt(ring: CommitRing, version: number): Commit | undefined {
  for (let tries = 0; tries < RECORD_TRIES; tries++) {
    const commit = ring.read(version);
    const newest = ring.version();
    // While the word says `newest`, the writer may be overwriting the record of newest + 1 - capacity, and no younger one (I3).
    if (newest - version >= ring.capacity - 1) return undefined;
    if (commit !== undefined) return checked(ring, commit);
  }
  throw corrupt(ring.path, `the record of version ${version} is not whole`);
}

function checked(ring: CommitRing, commit: Commit): Commit {
  const { segment, watermark, committedAt, freshBytes } = commit;
  if (segment === 0) throw corrupt(ring.path, 'a commit names segment 0');
  if (!isWatermark(watermark)) throw corrupt(ring.path, `a commit has the watermark ${watermark}`);
  if (freshBytes > watermark) throw corrupt(ring.path, 'a commit names more fresh bytes than its segment has');
  if (!Number.isFinite(committedAt)) throw corrupt(ring.path, 'a commit has no time');
  return commit;
}

function isWatermark(value: number): boolean {
  return value >= HEADER_BYTES && value <= SEGMENT_MAX_BYTES && value % 8 === 0;
}
