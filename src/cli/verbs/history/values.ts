/** The history of one value: the versions in which it changed. */
import { JsonMmapError } from '../../../errors.js';
import type { Follower } from '../../../follower/follower.js';
import { jsonPieces } from '../../../follower/json-stream.js';
import type { Snapshot } from '../../../follower/snapshot.js';
import { equalRefs } from '../../../format/compare/diff.js';
import { tokensOf } from '../../../format/pointer.js';
import type { JsonOption } from '../../command.js';
import type { Io } from '../../io.js';
import { safe } from '../../output/safe.js';
import { type Cell, cut, table } from '../../output/table.js';
import { ago, count, localTime } from '../../output/words.js';
import { existing } from '../../pointer.js';

/** More of a value is shown by `get --at`. */
const PREVIEW_LENGTH = 200;
const COLUMNS = [
  { title: 'VERSION', align: 'right' },
  { title: 'TIME' },
  { title: 'AGE' },
  { title: 'VALUE' },
] as const;

/** The value since a version, as it was until the entry before this one in the list. */
interface Entry {
  readonly snapshot: Snapshot;
  /** Whether this is the oldest version that is kept, so that the value may be older. */
  readonly isOldest: boolean;
}

/** Lists the newest `lines` versions in which the value at `pointer` changed. @throws `ERR_PATH_NOT_FOUND` where no version that is kept has one */
export async function listValues(
  io: Io,
  follower: Follower,
  pointer: string,
  { lines, json }: JsonOption & { readonly lines: number },
): Promise<void> {
  const tokens = tokensOf(pointer);
  const rows: (readonly Cell[])[] = [];
  const values: object[] = [];
  let [entries, oldest] = [0, undefined as number | undefined];
  for (const { snapshot, isOldest } of changesOf(follower, tokens)) {
    if (isOldest && snapshot.version > 1) oldest = snapshot.version;
    if (++entries > lines) continue;
    if (json) values.push(jsonOf(snapshot, tokens, isOldest));
    else rows.push(rowOf(snapshot, tokens));
  }
  if (entries === 0) existing(follower.snapshot(), follower.name, pointer);
  if (json) return io.printJson(values);
  await io.print(table(COLUMNS, rows, io.paint, io.width));
  const note = (text: string): void => io.note(io.paintNote('dim', text));
  if (entries > lines) note(`and ${count(entries - lines, 'older change')}: --lines shows more`);
  else if (oldest !== undefined) note(`version ${oldest} is the oldest that is kept: the value may be older`);
}

/** Yields, newest first, each version whose value is another than in the version before. The snapshots are open until the next step. */
function* changesOf(follower: Follower, tokens: readonly string[]): Generator<Entry> {
  let newer: Snapshot | undefined;
  try {
    for (const { version } of follower.history()) {
      const older = snapshotOf(follower, version);
      if (older === undefined) break;
      const since = newer;
      newer = older;
      if (since === undefined) continue;
      try {
        if (!isSame(since, older, tokens)) yield { snapshot: since, isOldest: false };
      } finally {
        since.close();
      }
    }
    if (newer?.has(tokens)) yield { snapshot: newer, isOldest: true };
  } finally {
    newer?.close();
  }
}

/** Undefined when a compaction took it away since it was listed. */
function snapshotOf(follower: Follower, version: number): Snapshot | undefined {
  try {
    return follower.at(version);
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_VERSION_GONE') return undefined;
    throw error;
  }
}

function isSame(newer: Snapshot, older: Snapshot, tokens: readonly string[]): boolean {
  const [now, before] = [newer.valueRef(tokens), older.valueRef(tokens)];
  return now === undefined || before === undefined ? now === before : equalRefs(before, now);
}

function jsonOf(snapshot: Snapshot, tokens: readonly string[], isOldest: boolean): object {
  const { version, committedAt } = snapshot;
  const exists = snapshot.has(tokens);
  return { version, committedAt, exists, ...(exists && { value: snapshot.get(tokens) }), oldest: isOldest };
}

function rowOf(snapshot: Snapshot, tokens: readonly string[]): readonly Cell[] {
  const { version, committedAt } = snapshot;
  const value: Cell = snapshot.has(tokens) ? preview(snapshot, tokens) : { text: 'does not exist', style: 'dim' };
  return [String(version), localTime(committedAt), ago(Date.now() - committedAt), value];
}

/** Reads no more of a large value than is shown. */
function preview(snapshot: Snapshot, tokens: readonly string[]): string {
  const [first] = jsonPieces(snapshot, tokens, 0);
  return cut(safe(first.text.slice(0, PREVIEW_LENGTH + 1)), PREVIEW_LENGTH);
}
