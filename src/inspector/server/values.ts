/** A whole value, and what it was in the versions that are kept. */
import type { Commit, Follower } from '../../index.js';
import { type Preview, previewOf } from './preview.js';
import { type Session, withPlace } from './session.js';

/** A page shows no more of a value; the rest it can save. */
const SHOWN_MAX_LENGTH = 1_000_000;

export interface ShownValue {
  readonly version: number;
  /** JSON text with indents, or its beginning. */
  readonly text: string;
  readonly length: number;
  readonly cut: boolean;
}

/** Returns the JSON text of a value, as far as a page can show it. O(value). */
export function shownValue(session: Session, pointer: string, version: number | undefined): Promise<ShownValue> {
  return withPlace(session, pointer, version, (_, at) => {
    const text = JSON.stringify(valueAt(session.follower, pointer, at), undefined, 2);
    const cut = text.length > SHOWN_MAX_LENGTH;
    return { version: at, text: cut ? text.slice(0, SHOWN_MAX_LENGTH) : text, length: text.length, cut };
  });
}

function valueAt(follower: Follower, pointer: string, version: number): unknown {
  const snapshot = follower.at(version);
  try {
    return snapshot.get(pointer);
  } finally {
    snapshot.close();
  }
}

export interface PathVersion {
  readonly version: number;
  readonly committedAt: number;
  /** Undefined where nothing was at the path. */
  readonly value: Preview | undefined;
}

/** The versions of a path's value, newest first, each where it changed. O(versions that are kept × depth). */
export function pathHistory({ follower }: Session, tokens: readonly string[]): PathVersion[] {
  const found: PathVersion[] = [];
  let last: { lo: number; hi: number } | undefined;
  for (const { version, committedAt } of follower.history()) {
    const snapshot = follower.at(version);
    try {
      const place = snapshot.place(tokens);
      if (found.length > 0 && place?.lo === last?.lo && place?.hi === last?.hi) found.pop(); // it is as old as this one at least
      last = place;
      found.push({ version, committedAt, value: place && previewOf(place.reader, place.lo, place.hi) });
    } finally {
      snapshot.close();
    }
  }
  return found;
}

export interface VersionInfo extends Pick<Commit, 'version' | 'committedAt'> {
  /** Bytes that the version appended to its segment; undefined for the oldest one and after a compaction. */
  readonly appendedBytes: number | undefined;
}

/** The versions that can be read, newest first. */
export function versionsOf({ follower }: Session): VersionInfo[] {
  const commits = follower.history();
  return commits.map(({ version, committedAt, segment, watermark }, i) => {
    const before = commits[i + 1];
    const isNext = before !== undefined && before.segment === segment && before.version === version - 1;
    return { version, committedAt, appendedBytes: isNext ? watermark - before.watermark : undefined };
  });
}
