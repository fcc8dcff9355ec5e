/** A whole value, and what it was in the versions that are kept. */
import { jsonPieces } from '../../follower/json-stream.js';
import { equalRefs } from '../../format/compare/diff.js';
import { pointerOf, tokensOf } from '../../format/pointer.js';
import type { Snapshot } from '../../index.js';
import type { HistoryAnswer, PathVersion, ValueAnswer, VersionsAnswer } from '../api.js';
import { BadRequest } from './answers.js';
import { changesAt } from './changes.js';
import { shownOf } from './preview.js';
import { type Session, snapshotIfKept, withSnapshot } from './session.js';

/** A page shows no more of a value, and nobody edits so much by hand. */
const TEXT_MAX_LENGTH = 1_000_000;
/** Changes that the history of a container shows for one version. */
const INSIDE_MAX = 3;

/** Returns the JSON text of a value, as far as a page can show it. O(what is shown). @throws as `withSnapshot`; a `BadRequest` where nothing is there */
export function valueAnswer(session: Session, path: string, version: number | undefined): Promise<ValueAnswer> {
  return withSnapshot(session, version, (snapshot) => {
    let text = '';
    for (const piece of jsonPieces(snapshot, tokensOf(path), 2)) {
      text += piece.text;
      if (text.length > TEXT_MAX_LENGTH) break;
    }
    if (text === '') throw new BadRequest(404, `version ${snapshot.version} has nothing at this path`);
    const cut = text.length > TEXT_MAX_LENGTH;
    return { version: snapshot.version, text: cut ? text.slice(0, TEXT_MAX_LENGTH) : text, cut };
  });
}

/** Returns the versions at which the value at a path became another one. O(versions that can be read × depth), and what changed. @throws `ERR_PATH_INVALID` */
export function historyAnswer(session: Session, path: string): HistoryAnswer {
  const tokens = tokensOf(path);
  const changes: PathVersion[] = [];
  let [previous, oldest] = [undefined as Snapshot | undefined, 0];
  try {
    // From the oldest on: a version counts if its value is another than that of the version before.
    for (const { version, committedAt } of session.follower.history().reverse()) {
      const snapshot = snapshotIfKept(session, version);
      if (snapshot === undefined) continue;
      const isFirst = previous === undefined;
      if (isFirst) oldest = version;
      const before = previous;
      previous = snapshot;
      try {
        if (before !== undefined && isEqualAt(tokens, before, snapshot)) continue;
        const ref = snapshot.valueRef(tokens);
        const value = ref && shownOf(ref);
        const inside = before !== undefined && value?.cut ? insideAt(tokens, before, snapshot) : undefined;
        if (ref !== undefined || !isFirst) changes.push({ version, committedAt, value, inside });
      } finally {
        before?.close();
      }
    }
  } finally {
    previous?.close();
  }
  return { changes: changes.reverse(), oldest };
}

/** What changed inside a container of which a line shows too little; undefined where it was replaced as a whole, or has come. */
function insideAt(tokens: readonly string[], before: Snapshot, after: Snapshot): PathVersion['inside'] {
  const inside = changesAt(before, after, tokens, INSIDE_MAX);
  return inside.changes.some(({ path }) => path !== pointerOf(tokens)) ? inside : undefined;
}

function isEqualAt(tokens: readonly string[], before: Snapshot, after: Snapshot): boolean {
  const [from, to] = [before.valueRef(tokens), after.valueRef(tokens)];
  if (from === undefined || to === undefined) return from === to;
  return equalRefs(from, to);
}

/** Returns the versions that can be read, newest first. O(versions). */
export function versionsAnswer(session: Session): VersionsAnswer {
  const commits = session.follower.history();
  const versions = commits.map(({ version, committedAt, segment, watermark }, i) => {
    const before = commits[i + 1];
    const follows = before !== undefined && before.version === version - 1;
    const compaction = follows && before.segment !== segment;
    const appendedBytes = follows && !compaction ? watermark - before.watermark : undefined;
    return { version, committedAt, appendedBytes, compaction, ...session.originOf(version, commits) };
  });
  return { versions };
}
