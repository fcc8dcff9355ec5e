/** What is on the screen: lines of a frame, each of them at most as wide as the terminal. */
import { safe } from '../../output/safe.js';
import { aligned, type Cell, cut, table } from '../../output/table.js';
import { clock, count } from '../../output/words.js';
import type { Canvas } from './canvas.js';
import { fitted, type SortKey, sorted } from './columns.js';
import { detailLines, factLines } from './details.js';
import type { RegionDetails } from './one-region.js';
import type { RegionRow } from './regions.js';
import { cursorRow, type View } from './view.js';

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
  'CPU% is of one processor, for all threads of the process.',
  'LAG is how many versions a follower is behind, at least.',
];
