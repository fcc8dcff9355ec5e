/** One region from near, in lines: what it and its master are doing, who follows it, what changed last. */
import { changeText } from '../../output/changes-text.js';
import { followersLine, heldCell, mappedCell } from '../../output/follower-cells.js';
import { type Paint, plain } from '../../output/paint.js';
import { ageCell, errorCell, masterLine } from '../../output/region-cells.js';
import { safe } from '../../output/safe.js';
import { aligned, type Cell, cut, table, textOf } from '../../output/table.js';
import { clock, grouped, size } from '../../output/words.js';
import type { Canvas } from './canvas.js';
import { cpuText } from './columns.js';
import type { ChangeEntry, FollowerRow, RegionDetails } from './one-region.js';

/** Returns what a region and its master are doing. */
export function factLines(
  { region, master, name }: RegionDetails,
  { width, paint }: Pick<Canvas, 'width' | 'paint'>,
): string[] {
  if (region === undefined) {
    return [paint('yellow', cut(`${name} does not exist: waiting for it to come back`, width))];
  }
  const label = (text: string): Cell => ({ text, style: 'dim' });
  if (region.error !== undefined)
    return aligned([[label('error'), errorCell(region.error)]], paint, { width }).split('\n');
  const { masterCpuPercent: cpu } = region;
  const rows: Cell[][] = [
    [label('version'), `${grouped(region.version)}, ${textOf(ageCell(region))}`],
    [
      label('rate'),
      `${(region.publishesPerSecond ?? 0).toFixed(1)} publishes and ${size(Math.round(region.changeBytesPerSecond ?? 0))} a second`,
    ],
    [label('size'), `${size(region.sizeBytes)}, about ${size(region.garbageBytes ?? 0)} of it garbage`],
    [label('master'), master === undefined ? '' : masterLine(master)],
    ...(cpu === undefined ? [] : [[label('cpu'), `${cpuText(cpu)} % of a processor, by the master`]]),
  ];
  return aligned(rows, paint, { width }).split('\n');
}

/** Returns what a region is doing, its followers and its last changes, in at most as many lines as there are. */
export function detailLines(details: RegionDetails, canvas: Canvas): string[] {
  const { height } = canvas;
  // Two blank lines, and two lines of titles for each part.
  const rowsLeft = Math.max(0, height - 6);
  const followers = Math.min(
    details.followers.length,
    Math.max(Math.floor(rowsLeft / 2), rowsLeft - details.changes.length),
  );
  const lines = [
    '',
    ...followerLines(details, followers, canvas),
    '',
    ...changeLines(details, rowsLeft - followers, canvas),
  ];
  return lines.slice(0, Math.max(0, height));
}

function followerLines({ followers, hidden }: RegionDetails, most: number, { width, paint }: Canvas): string[] {
  const title = paint('bold', cut(`Followers: ${followersLine({ processes: followers, hidden })}`, width));
  if (followers.length === 0) return [title];
  const columns = [
    { title: 'PID', align: 'right' },
    { title: 'CPU%', align: 'right' },
    { title: 'LAG', align: 'right' },
    { title: 'MAPS' },
    { title: 'WOKEN BY' },
    { title: 'COMMAND' },
  ] as const;
  const shown = followers.slice(0, followers.length > most ? Math.max(0, most - 1) : most);
  const lines = table(columns, shown.map(followerCells), paint, width).split('\n');
  const left = followers.length - shown.length;
  return [title, ...lines, ...(left > 0 ? [paint('dim', cut(`and ${grouped(left)} more`, width))] : [])];
}

function followerCells(follower: FollowerRow): Cell[] {
  const { pid, cpuPercent, lagVersions: lag, wokenBy, system, command } = follower;
  const held = heldCell(follower);
  return [
    String(pid),
    cpuText(cpuPercent),
    lag ? { text: grouped(lag), style: 'yellow' } : String(lag ?? ''),
    held === '' ? mappedCell(follower) : { text: `holds ${held}`, style: 'yellow' },
    system === 'native' ? (wokenBy ?? 'nothing') : { text: `${wokenBy ?? 'nothing'}, fallback`, style: 'yellow' },
    safe(command ?? ''),
  ];
}

function changeLines({ changes }: RegionDetails, most: number, { width, paint }: Canvas): string[] {
  const title = paint('bold', cut('Last changes', width));
  if (changes.length === 0) return [title];
  const rows = changes.slice(0, most);
  const cells = [['VERSION', 'TIME', 'ADDED', 'OPS'], ...rows.map(changeCells)];
  const head = aligned(cells, plain, { rightAligned: [true, false, true, true] }).split('\n');
  return [
    title,
    ...head.map((line, i) =>
      i === 0 ? paint('dim', cut(`${line}  CHANGE`, width)) : withChange(line, rows[i - 1], paint, width),
    ),
  ];
}

function changeCells({ version, committedAt, addedBytes, operations }: ChangeEntry): string[] {
  return [
    String(version),
    clock(committedAt),
    addedBytes === undefined ? '' : size(addedBytes),
    String(operations ?? '?'),
  ];
}

/** The first operation, and how many more there are, in what the columns leave. */
function withChange(line: string, { operations, changes: [first] }: ChangeEntry, paint: Paint, width: number): string {
  const room = width - line.length - 2;
  if (first === undefined || room < 12) return cut(line, width);
  const more = operations !== undefined && operations > 1 ? `, and ${grouped(operations - 1)} more` : '';
  return `${line}  ${changeText(first, paint, room - more.length)}${paint('dim', more)}`;
}
