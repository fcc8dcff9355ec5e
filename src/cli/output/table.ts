/** Columns that stand under one another. */
import type { Paint, Style } from './paint.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** One cell: text, with or without a style. */
export type Cell = string | { readonly text: string; readonly style: Style };

const GAP = '  ';

/** Returns the lines of a table with its titles above; the last column is cut where the line would be longer than `width`. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
  width = Infinity,
): string {
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }));
  return aligned([titles, ...rows], paint, { width, rightAligned: columns.map(({ align }) => align === 'right') });
}

/** Returns rows as lines with their columns aligned. */
export function aligned(
  rows: readonly (readonly Cell[])[],
  paint: Paint,
  { width = Infinity, rightAligned = [] }: { width?: number; rightAligned?: readonly boolean[] } = {},
): string {
  const widths = widest(rows);
  const lines = rows.map((row) => {
    let used = 0;
    const parts = row.map((cell, i) => {
      const isLast = i === row.length - 1;
      const text = isLast ? cut(textOf(cell), width - used) : textOf(cell);
      const padding = ' '.repeat(Math.max(0, widths[i] - text.length));
      used += widths[i] + GAP.length;
      const painted = typeof cell === 'string' ? text : paint(cell.style, text);
      return rightAligned[i] ? padding + painted : isLast ? painted : painted + padding;
    });
    return parts.join(GAP).trimEnd();
  });
  return lines.join('\n');
}

/** Returns `text`, or its beginning and an ellipsis where it is longer than `width`. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function widest(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, textOf(cell).length);
    });
  }
  return widths;
}

/** Returns what a cell shows, without its style. */
export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
