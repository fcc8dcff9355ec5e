/** The columns of the table: what they show, how they sort, and which are left out where a terminal is narrow. */
import { shortMasterCell } from '../../output/region-cells.js';
import { type Cell, cut, textOf } from '../../output/table.js';
import { grouped, size } from '../../output/words.js';
import type { RegionRow } from './regions.js';

/** What the table can be sorted by, in the order of its columns. */
export const SORT_KEYS = [
  'name',
  'version',
  'publishes',
  'change',
  'size',
  'garbage',
  'master',
  'cpu',
  'followers',
  'lag',
] as const;

export type SortKey = (typeof SORT_KEYS)[number];

export interface TopColumn {
  readonly key: SortKey;
  readonly title: string;
  readonly align: 'left' | 'right';
  /** If columns do not fit, the one with the highest number is omitted first. */
  readonly dropped: number;
  readonly cell: (row: RegionRow) => Cell;
  /** The largest first, but for texts. */
  readonly value: (row: RegionRow) => number | string;
}

const COLUMNS: readonly TopColumn[] = [
  column(
    'name',
    'NAME',
    0,
    ({ name }) => ({ text: name, style: 'bold' }),
    ({ name }) => name,
  ),
  column(
    'version',
    'VERSION',
    4,
    ({ version }) => (version === 0 ? '' : grouped(version)),
    ({ version }) => version,
  ),
  column(
    'publishes',
    'PUB/S',
    2,
    ({ publishesPerSecond }) => rate(publishesPerSecond),
    (row) => row.publishesPerSecond ?? -1,
  ),
  column(
    'change',
    'CHANGE/S',
    7,
    ({ changeBytesPerSecond: bytes }) => (bytes === undefined ? '' : bytes < 1 ? '0' : size(Math.round(bytes))),
    (row) => row.changeBytesPerSecond ?? -1,
  ),
  column(
    'size',
    'SIZE',
    8,
    ({ sizeBytes }) => size(sizeBytes),
    ({ sizeBytes }) => sizeBytes,
  ),
  column(
    'garbage',
    'GARBAGE',
    9,
    ({ garbageBytes: bytes }) => (bytes === undefined ? '' : bytes === 0 ? '0' : size(bytes)),
    (row) => row.garbageBytes ?? -1,
  ),
  column('master', 'MASTER', 1, shortMasterCell, masterOrder),
  column(
    'cpu',
    'CPU%',
    6,
    ({ masterCpuPercent }) => cpuText(masterCpuPercent),
    (row) => row.masterCpuPercent ?? -1,
  ),
  column(
    'followers',
    'FOLLOWERS',
    3,
    ({ followers }) => grouped(followers),
    ({ followers }) => followers,
  ),
  column(
    'lag',
    'LAG',
    5,
    ({ lagVersions: lag }) => (lag ? { text: grouped(lag), style: 'yellow' } : String(lag ?? '')),
    (row) => row.lagVersions ?? -1,
  ),
];

function column(
  key: SortKey,
  title: string,
  dropped: number,
  cell: TopColumn['cell'],
  value: TopColumn['value'],
): TopColumn {
  return { key, title, dropped, cell, value, align: key === 'name' || key === 'master' ? 'left' : 'right' };
}

/** The dead first, then the damaged: what somebody should look at. */
function masterOrder(row: RegionRow): number {
  if (row.error !== undefined) return 3;
  if (row.masterPid !== undefined && row.masterAlive === false) return 4;
  return row.masterAlive === undefined ? 2 : row.masterAlive ? 1 : 0;
}

/** Percents of one processor; the kernel counts in steps of 10 ms, one percent of a second. */
export function cpuText(percent: number | undefined): string {
  return percent === undefined ? '' : String(Math.round(percent));
}

function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return '';
  if (perSecond === 0) return '0';
  return perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond));
}

/** Returns the rows in order: names from A, numbers from the largest, or the other way round. */
export function sorted(rows: readonly RegionRow[], key: SortKey, reversed: boolean): RegionRow[] {
  const { value } = COLUMNS[SORT_KEYS.indexOf(key)];
  const sign = reversed ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(value(a), value(b)) || compare(a.name, b.name));
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a;
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Fitted {
  readonly columns: readonly TopColumn[];
  /** For each row, the cells of these columns. */
  readonly cells: readonly (readonly Cell[])[];
}

/** A name is not cut to less while there is a column that can go instead. */
const NAME_MIN_WIDTH = 12;
const GAP = 2;

/** Returns the columns that fit into `width`, with their cells. The one that is sorted by stays, and so do the names, cut where they must be. */
export function fitted(rows: readonly RegionRow[], width: number, sort: SortKey): Fitted {
  let columns = [...COLUMNS];
  const cells = new Map(columns.map((column) => [column, rows.map(column.cell)]));
  const widthOf = (column: TopColumn): number =>
    Math.max(
      column.title.length + (column.key === sort ? 1 : 0),
      ...(cells.get(column) ?? []).map((cell) => textOf(cell).length),
    );
  const widths = new Map(columns.map((column) => [column, widthOf(column)]));
  const [name] = columns;
  const roomForName = (): number =>
    columns.slice(1).reduce((room, column) => room - (widths.get(column) ?? 0) - GAP, width);
  const wanted = Math.min(widths.get(name) ?? 0, NAME_MIN_WIDTH);
  while (roomForName() < wanted) {
    const [last] = columns.filter(({ key }) => key !== 'name' && key !== sort).sort((a, b) => b.dropped - a.dropped);
    if (last === undefined) break;
    columns = columns.filter((column) => column !== last);
  }
  const nameWidth = Math.max(1, roomForName());
  const cellsOf = (i: number) =>
    columns.map((column) => {
      const cell = (cells.get(column) as Cell[])[i];
      return column === name ? { text: cut(textOf(cell), nameWidth), style: 'bold' as const } : cell;
    });
  return { columns, cells: rows.map((_, i) => cellsOf(i)) };
}
