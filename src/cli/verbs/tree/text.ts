/** The lines of a tree. */
import type { ValueRef } from '../../../format/compare/value-ref.js';
import { readScalar } from '../../../format/read/scalar.js';
import type { Io } from '../../io.js';
import { columnsOf, cutToColumns } from '../../output/columns.js';
import { sizeText } from '../../output/kinds.js';
import type { Style } from '../../output/paint.js';
import { safe } from '../../output/safe.js';
import { grouped } from '../../output/words.js';
import type { Branch } from './branches.js';

/** A value is cut to this where no terminal has a width. */
const VALUE_COLUMNS = 200;
/** A key leaves so many columns to its value. */
const VALUE_COLUMNS_MIN = 12;
const GAP = '  ';

/** Yields the lines of a tree. They end at the width of the terminal, and contain nothing that a terminal obeys. */
export function* linesOf(io: Io, title: string, branches: Iterable<Branch>): Generator<string> {
  /** For each level, whether its container has more entries below. */
  const goesOn: boolean[] = [];
  for (const { level, isLast, key, ref, more } of branches) {
    goesOn.length = level;
    const margin = goesOn.map((more, i) => (i === 0 ? '' : more ? '│   ' : '    ')).join('');
    const stem = level === 0 ? '' : `${margin}${isLast ? '└── ' : '├── '}`;
    goesOn.push(!isLast);
    const room = io.width - stem.length;
    if (ref === undefined) yield `${stem}${io.paint('dim', cutToColumns(`… ${grouped(more)} more`, room))}`;
    else yield stem + line(io, level === 0 ? title : safe(key) || "''", level === 0 ? 'bold' : 'blue', ref, room);
  }
}

function line({ paint }: Io, key: string, keyStyle: Style, ref: ValueRef, room: number): string {
  const shownKey = cutToColumns(key, Math.max(VALUE_COLUMNS_MIN, room - VALUE_COLUMNS_MIN));
  const left = Math.min(VALUE_COLUMNS, room - columnsOf(shownKey) - GAP.length);
  const { text, style } = valueText(ref);
  const shown = cutToColumns(text, left);
  return `${paint(keyStyle, shownKey)}${GAP}${style === undefined ? shown : paint(style, shown)}`;
}

function valueText({ reader, lo, hi }: ValueRef): { text: string; style: Style | undefined } {
  const size = sizeText(reader, lo, hi);
  if (size !== undefined) return { text: size, style: 'dim' };
  const value = readScalar(reader, lo, hi);
  if (typeof value === 'string') return { text: stringText(value), style: 'green' };
  return { text: String(value), style: value === null ? 'dim' : typeof value === 'boolean' ? 'magenta' : 'yellow' };
}

/** The beginning is enough: nothing is wider than it is long, and the rest would only be cut. */
function stringText(value: string): string {
  return safe(JSON.stringify(value.length > VALUE_COLUMNS * 2 ? value.slice(0, VALUE_COLUMNS * 2) : value));
}
