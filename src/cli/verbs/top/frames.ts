/** What is on the screen: lines of a frame, each of them at most as wide as the terminal. */

import { changeText } from '../../output/changes-text.js';
import { followersLine, heldCell, mappedCell } from '../../output/follower-cells.js';
import { type Paint, plain } from '../../output/paint.js';
import { ageCell, errorCell, masterLine } from '../../output/region-cells.js';
import { safe } from '../../output/safe.js';
import { aligned, type Cell, cut, table, textOf } from '../../output/table.js';
import { clock, count, grouped, size } from '../../output/words.js';
import { fitted, type SortKey, sorted } from './columns.js';
import type { ChangeEntry, FollowerRow, RegionDetails } from './one-region.js';
import type { RegionRow } from './regions.js';
import { cursorRow, type View } from './view.js';

/** Columns and rows there are, and how to paint. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/** What a frame says of itself. */
export interface Heading {
  readonly directory: string;
  readonly intervalMs: number;
  readonly atMs: number;
}

const CURSOR = '▸ ';
const NO_CURSOR = '  ';

/** Lines of a frame with the table that hold no row of it: the heading, the titles, the keys, each with a line between. */
export const TABLE_FRAME_LINES = 5;

/** Returns the frame with the table. */
export function tableFrame(rows: readonly RegionRow[], view: View, heading: Heading, canvas: Canvas): string[] {
  const { width, height, paint } = canvas;
  const ordered = sorted(rows, view.sort, view.reversed);
  const cursor = cursorRow(
    view,
    ordered.map(({ name }) => name),
  );
  const pageRows = Math.max(1, height - TABLE_FRAME_LINES);
  const first = Math.floor(cursor / pageRows) * pageRows;
  const page = ordered.slice(first, first + pageRows);
  const lines = regionLines(page, view, { ...canvas, width: width - CURSOR.length });
  const [titles, ...body] = lines;
  const marked = body.map((line, i) => (first + i === cursor ? paint('cyan', CURSOR) : NO_CURSOR) + line);
  const more = ordered.length > page.length ? `${first + 1} to ${first + page.length} of ${ordered.length}` : '';
  const keys = '↑↓ choose  Enter open  s sort  r reverse  p pause  ? help  q quit';
  return [
    headingLine(summary(rows), view, heading, canvas),
    '',
    ...(rows.length === 0
      ? [paint('dim', cut(`no regions in ${safe(heading.directory)}`, width))]
      : [NO_CURSOR + titles, ...marked]),
    '',
    paint('dim', cut(more === '' ? keys : `${more}  ${keys}`, width)),
  ];
}

/** Returns the lines of the table, titles first. */
export function regionLines(
  rows: readonly RegionRow[],
  { sort, reversed }: Pick<View, 'sort' | 'reversed'>,
  { width, paint }: Pick<Canvas, 'width' | 'paint'>,
): string[] {
  const { columns, cells } = fitted(rows, width, sort);
  const titled = columns.map(({ key, title, align }) => ({ title: title + markOf(key, sort, reversed), align }));
  return table(titled, cells, paint, width).split('\n');
}

function markOf(key: SortKey, sort: SortKey, reversed: boolean): string {
  if (key !== sort) return '';
  return (key === 'name') !== reversed ? '▴' : '▾';
}

function summary(rows: readonly RegionRow[]): string {
  const masters = rows.filter(({ masterAlive }) => masterAlive).length;
  const followers = rows.reduce((sum, row) => sum + row.followers, 0);
  return `${count(rows.length, 'region')}, ${count(masters, 'master')}, ${count(followers, 'follower')}`;
}

function headingLine(
  what: string,
  { paused }: View,
  { directory, intervalMs, atMs }: Heading,
  { width, paint }: Canvas,
): string {
  const right = paused ? 'PAUSED' : `every ${intervalMs / 1000} s`;
  const end = `${right}  ${clock(atMs)}`;
  const left = cut(`${what} in ${safe(directory)}`, Math.max(0, width - end.length - 2));
  const gap = ' '.repeat(Math.max(1, width - left.length - end.length));
  return (
    cut(left, width) +
    (width < end.length + 1 ? '' : gap + (paused ? `${paint('yellow', right)}  ${clock(atMs)}` : paint('dim', end)))
  );
}

/** Returns the frame with one region. */
export function regionFrame(details: RegionDetails, view: View, heading: Heading, canvas: Canvas): string[] {
  const { height, width, paint } = canvas;
  const top = [headingLine(details.name, view, heading, canvas), '', ...factLines(details, canvas)];
  const bottom = ['', paint('dim', cut('Esc back  p pause  ? help  q quit', width))];
  const room = height - top.length - bottom.length;
  return [...top, ...detailLines(details, { ...canvas, height: room }), ...bottom];
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
  const rows: Cell[][] = [
    [label('version'), `${grouped(region.version)}, ${textOf(ageCell(region))}`],
    [
      label('rate'),
      `${(region.publishesPerSecond ?? 0).toFixed(1)} publishes and ${size(Math.round(region.changeBytesPerSecond ?? 0))} a second`,
    ],
    [label('size'), `${size(region.sizeBytes)}, about ${size(region.garbageBytes ?? 0)} of it garbage`],
    [label('master'), master === undefined ? '' : masterLine(master)],
  ];
  return aligned(rows, paint, { width }).split('\n');
}

function followerLines({ followers, hidden }: RegionDetails, most: number, { width, paint }: Canvas): string[] {
  const title = paint('bold', cut(`Followers: ${followersLine({ processes: followers, hidden })}`, width));
  if (followers.length === 0) return [title];
  const columns = [
    { title: 'PID', align: 'right' },
    { title: 'LAG', align: 'right' },
    { title: 'MAPS' },
    { title: 'WOKEN BY' },
    { title: 'COMMAND' },
  ] as const;
  const shown = followers.slice(0, followers.length > most ? Math.max(0, most - 1) : most);
  const lines = table(columns, shown.map(followerCells), paint, width).split('\n');
  const left = followers.length - shown.length;
  return [
    title,
    ...lines.map((line) => line),
    ...(left > 0 ? [paint('dim', cut(`and ${grouped(left)} more`, width))] : []),
  ];
}

function followerCells(follower: FollowerRow): Cell[] {
  const { pid, lagVersions: lag, wokenBy, system, command } = follower;
  const held = heldCell(follower);
  return [
    String(pid),
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

/** Returns the frame with the keys. */
export function helpFrame({ width, paint }: Canvas): string[] {
  const rows = KEYS.map(([keys, what]): Cell[] => [{ text: `  ${keys}`, style: 'bold' }, what]);
  return [
    paint('bold', 'Keys'),
    ...aligned(rows, paint, { width }).split('\n'),
    '',
    ...NOTES.map((note) => paint('dim', cut(note, width))),
  ];
}

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓ j k', 'choose a region; PgUp PgDn Home End too'],
  ['Enter', 'open it: followers and last changes'],
  ['Esc', 'back to the table'],
  ['s S < >', 'sort by the next column, or the one before'],
  ['r', 'reverse the order'],
  ['p Space', 'pause, and go on'],
  ['q Ctrl-C', 'quit'],
  ['?', 'show these keys, and hide them'],
];

const NOTES = [
  'PUB/S and CHANGE/S are means since the last look.',
  'GARBAGE is what was appended since the last compaction.',
  'LAG counts versions, at least; 0 is the newest segment.',
];
