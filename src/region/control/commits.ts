/** Reading the commit ring while its writer goes on: a record whole, or the knowledge that it is gone. */

import { corrupt } from '../errors.js';
import { HEADER_BYTES, SEGMENT_MAX_BYTES } from '../files/layout.js';
import type { Control } from './control.js';
import type { Commit } from './record.js';

/** Each retry means that the master has gone once around the ring between two loads; that many in a row is no accident. */
const NEWEST_TRIES = 1000;
/** A record that does not verify under an unmoved version word is damaged; it is read again only to be sure. */
const RECORD_TRIES = 3;

/**
 * Returns the newest commit, undefined before the first. Wait-free but for a master that laps the ring between two loads.
 * @throws `ERR_REGION_CORRUPT`
 */
export function newestCommit(control: Control): Commit | undefined {
  for (let tries = 0; tries < NEWEST_TRIES; tries++) {
    const version = control.version();
    if (version === 0) return undefined;
    const commit = publishedAt(control, version);
    if (commit !== undefined) return commit;
  }
  throw corrupt(control.path, 'its version word moves faster than it can be read');
}

/**
 * Returns the commit of `version`, undefined when its record is overwritten, about to be, or not yet published.
 * @throws `ERR_REGION_CORRUPT` when the record should be there and is not.
 */
export function commitAt(control: Control, version: number): Commit | undefined {
  if (!Number.isSafeInteger(version) || version < 1) return undefined;
  // Before it is published, its slot may hold a whole record all the same: of a master that died over it, and the next one's is another (I12).
  if (version > control.version()) return undefined;
  return publishedAt(control, version);
}

/** Returns the commits in the ring that lie in a segment for which `isThere` holds, newest first. O(capacity). */
export function readableCommits(control: Control, isThere: (segment: number) => boolean): Commit[] {
  const commits: Commit[] = [];
  const segments = new Map<number, boolean>();
  // Not by the version word alone, which its owner may move along with us.
  for (let version = control.version(), left = control.capacity; version > 0 && left > 0; version--, left--) {
    const commit = commitAt(control, version);
    if (commit === undefined) break;
    if (!segments.has(commit.segment)) segments.set(commit.segment, isThere(commit.segment));
    if (segments.get(commit.segment)) commits.push(commit);
  }
  return commits;
}

/** The same of a version that the word has reached already. */
function publishedAt(control: Control, version: number): Commit | undefined {
  for (let tries = 0; tries < RECORD_TRIES; tries++) {
    const commit = control.readRecord(version);
    const newest = control.version();
    // While the word says `newest`, the writer may be overwriting the record of newest + 1 - capacity, and no younger one (I3).
    if (newest - version >= control.capacity - 1) return undefined;
    if (commit !== undefined) return checked(control, commit);
  }
  throw corrupt(control.path, `the record of version ${version} is not whole`);
}

function checked(control: Control, commit: Commit): Commit {
  const { segment, watermark, committedAt, freshBytes } = commit;
  if (segment === 0) throw corrupt(control.path, 'a commit names segment 0');
  if (!isWatermark(watermark)) throw corrupt(control.path, `a commit has the watermark ${watermark}`);
  if (freshBytes > watermark) throw corrupt(control.path, 'a commit names more fresh bytes than its segment has');
  if (!Number.isFinite(committedAt)) throw corrupt(control.path, 'a commit has no time');
  return commit;
}

function isWatermark(value: number): boolean {
  return value >= HEADER_BYTES && value <= SEGMENT_MAX_BYTES && value % 8 === 0;
}
