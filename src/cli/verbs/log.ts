/** `jsonmmap log`: the versions that are kept. */
import type { Command } from 'commander';
import { JsonMmapError } from '../../errors.js';
import type { Follower } from '../../follower/follower.js';
import type { JsonPatch, JsonPatchOperation } from '../../format/compare/json-patch.js';
import type { Commit } from '../../region/control/record.js';
import { type JsonOption, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { safe } from '../output/safe.js';
import { table } from '../output/table.js';
import { ago, count, localTime, size } from '../output/words.js';
import { withFollower } from '../region.js';

interface Options extends Where, JsonOption {
  readonly lines: number;
}

const LINES = 20;

/** A version, and the step to it from the one before. */
interface Entry {
  readonly version: number;
  readonly committedAt: number;
  /** Bytes that it appended; undefined for one that was copied to a fresh segment, or whose predecessor is gone. */
  readonly addedBytes: number | undefined;
  /** Operations of a patch to it; undefined where the version before is not kept. */
  readonly operations: number | undefined;
  readonly first: JsonPatchOperation | undefined;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('log')
    .summary('list the versions that can still be read')
    .description('List the versions that are kept, newest first, with the time and size of each change.')
    .argument('<name>', 'the region')
    .option('-n, --lines <number>', 'how many to list', positiveNumber, LINES);
  reads(command).action((name: string, options: Options) =>
    withFollower(name, options, (follower) => listVersions(io, follower, options)),
  );
}

/** Lists the newest `lines` versions that are kept, with the size of each change. */
export async function listVersions(io: Io, follower: Follower, { lines, json }: Options): Promise<void> {
  const commits = follower.history();
  const entries = commits.slice(0, lines).map((commit, i) => entryOf(follower, commit, commits[i + 1]));
  if (json) {
    await io.printJson(entries.map(({ first, ...entry }) => entry));
    return;
  }
  const columns = [
    { title: 'VERSION', align: 'right' },
    { title: 'TIME' },
    { title: 'AGE' },
    { title: 'ADDED', align: 'right' },
    { title: 'CHANGES' },
  ] as const;
  await io.print(table(columns, entries.map(row), io.paint, io.width));
  if (commits.length > lines)
    io.note(io.paintNote('dim', `and ${count(commits.length - lines, 'older version')}: --lines shows more`));
}

function entryOf(follower: Follower, commit: Commit, before: Commit | undefined): Entry {
  const { version, committedAt } = commit;
  const patch = before && patchTo(follower, before, commit);
  return { version, committedAt, addedBytes: addedBytes(commit, before), operations: patch?.length, first: patch?.[0] };
}

/** Undefined when a compaction took one of them away since they were listed. */
function patchTo(follower: Follower, before: Commit, { version }: Commit): JsonPatch | undefined {
  try {
    return follower.diff(before.version, version);
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_VERSION_GONE') return undefined;
    throw error;
  }
}

function addedBytes({ version, segment, watermark }: Commit, before: Commit | undefined): number | undefined {
  if (version === 1) return watermark;
  return before?.segment === segment ? watermark - before.watermark : undefined;
}

function row(entry: Entry): string[] {
  const { version, committedAt, addedBytes } = entry;
  const added = addedBytes === undefined ? '' : size(addedBytes);
  return [String(version), localTime(committedAt), ago(Date.now() - committedAt), added, changes(entry)];
}

function changes({ version, operations, first }: Entry): string {
  if (operations === undefined) return version === 1 ? 'first version' : '';
  if (first === undefined) return 'none';
  const where = `${first.op} ${safe(first.path) || 'the document'}`;
  return operations === 1 ? where : `${where}, and ${count(operations - 1, 'more', 'more')}`;
}
