/** `jsonmmap stat`: the state of a region. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { check } from '../../check.js';
import type { Follower } from '../../follower/follower.js';
import { RegionPaths } from '../../region/files/paths.js';
import { type FollowerProcess, followersOf } from '../../region/followers.js';
import { sizesOf } from '../../region/sizes.js';

import { latestStatus } from '../../upstream/agent/status-file.js';
import { type JsonOption, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { followersLine, heldCell, mappedCell } from '../output/follower-cells.js';
import { withProgress } from '../output/progress.js';
import { FALLBACK, masterLine, masterOf } from '../output/region-cells.js';
import { safe } from '../output/safe.js';
import { aligned, type Cell, table } from '../output/table.js';
import { ago, count, grouped, localTime, size } from '../output/words.js';
import { inDirectory, whereOf, withFollower } from '../region.js';
import { upstreamLine } from '../upstream-status.js';

type Options = Where & JsonOption;

export function register(program: Command, io: Io): void {
  const command = program
    .command('stat')
    .summary('show version, age, master, sizes and followers')
    .description(
      'Show the state of a region: version, age, master, sizes, garbage, and who follows it on this machine.',
    )
    .argument('<name>', 'the region');
  reads(command).action((name: string, options: Options) =>
    withFollower(name, options, async (follower) => {
      const state = await examine(io, follower, options);
      if (options.json) await io.printJson(state);
      else await io.print(describe(io, state));
    }),
  );
}

type State = Awaited<ReturnType<typeof examine>>;

async function examine(io: Io, follower: Follower, options: Options) {
  const { name, path } = follower;
  const status = follower.status();
  const commits = follower.history();
  const report = await withProgress(io, status.bytes, (progress) => {
    progress.doing(`measuring ${name}`);
    return inDirectory(options, () => check(name, { ...whereOf(options), versions: 1 }));
  });
  return {
    name,
    path,
    version: status.version,
    committedAt: status.committedAt,
    ageMs: status.ageMs,
    system: status.system,
    master: masterOf(status),
    document: { kind: kindOf(follower), entries: follower.size(), nodes: report.nodes, depth: report.depth },
    bytes: sizesOf(report.usedBytes, report.liveBytes, status.bytes),
    files: report.files,
    history: { kept: status.history, oldest: commits.at(-1)?.version ?? status.version, newest: status.version },
    problems: report.problems.length,
    upstream: latestStatus(new RegionPaths(name, dirname(path)), options.owner),
    followers: followersOf(path, status.masterAlive && !status.masterElsewhere ? status.masterPid : undefined, commits),
  };
}

function kindOf(follower: Follower): string {
  const { view } = follower;
  if (Array.isArray(view)) return 'array';
  return view === null ? 'null' : typeof view;
}

function describe(io: Io, state: State): string {
  const { paint } = io;
  const label = (text: string): Cell => ({ text: `  ${text}`, style: 'dim' });
  const { version, committedAt, ageMs, history, bytes, problems, followers } = state;
  const rows: Cell[][] = [
    [label('version'), `${version}, ${ago(ageMs)} (${localTime(committedAt)})`],
    [label('master'), masterLine(state.master)],
    ...(state.system === 'syscalls'
      ? [[label('system'), { text: `this command: ${FALLBACK}`, style: 'yellow' } as const]]
      : []),
    [label('document'), documentLine(state)],
    [
      label('size'),
      `${size(bytes.total)}: ${size(bytes.live)} live, ${size(bytes.garbage)} garbage, ${size(bytes.spare)} spare`,
    ],
    ...(state.upstream === undefined ? [] : [[label('upstream'), upstreamLine(state.upstream)]]),
    [label('history'), `${versionsOf(history)} can be read, ${grouped(history.kept)} guaranteed`],
    ...state.files.map(({ path, sizeBytes }, i) => [
      label(i === 0 ? 'files' : ''),
      `${safe(path)}, ${size(sizeBytes)}`,
    ]),
    ...(problems === 0
      ? []
      : [[label('problems'), { text: `${problems}, see jsonmmap check ${state.name}`, style: 'red' } as const]]),
    [label('followers'), followersLine(followers)],
  ];
  const lines = [paint('bold', state.name), aligned(rows, paint, { width: io.width })];
  if (followers.processes.length > 0) lines.push(indented(followerTable(io, followers.processes)));
  return lines.join('\n');
}

function versionsOf({ oldest, newest }: State['history']): string {
  return oldest === newest ? `only version ${newest}` : `versions ${oldest} to ${newest}`;
}

function documentLine({ document: { kind, entries, nodes, depth } }: State): string {
  if (kind !== 'object' && kind !== 'array') return kind;
  const things = kind === 'object' ? count(entries, 'key') : count(entries, 'element');
  return `${kind} with ${things}, ${count(nodes, 'node')}, ${count(depth, 'level')} deep`;
}

function followerTable(io: Io, processes: readonly FollowerProcess[]): string {
  const columns = [
    { title: 'PID', align: 'right' },
    { title: 'USER', align: 'right' },
    { title: 'MAPS' },
    { title: 'COMMAND' },
  ] as const;
  const rows = processes.map((process) => [
    String(process.pid),
    String(process.user ?? ''),
    mappedCell(process) + heldBehind(process),
    safe(process.command ?? ''),
  ]);
  return table(columns, rows, io.paint, io.width - INDENT.length);
}

function heldBehind(process: FollowerProcess): string {
  const held = heldCell(process);
  return held === '' ? '' : `; holds ${held}`;
}

const INDENT = ' '.repeat(13);

function indented(text: string): string {
  return text.replace(/^/gm, INDENT);
}
