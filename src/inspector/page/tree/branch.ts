/** A container that is open in the tree: the rows of it that have been asked for, and which of its children are open. */
import type { Preview, Row } from '../../api.js';

export const PAGE_ROWS = 200;

export class Branch {
  readonly path: string;
  readonly level: number;
  /** Where it is in its container, as that lists its children now. */
  position: number;
  at: Preview | undefined;
  /** How many children match the filter; undefined until the first answer. */
  count: number | undefined;
  filter = '';
  /** Children that are open, by key. */
  open = new Map<string, Branch>();
  readonly #pages = new Map<number, { rows: readonly Row[]; stale: boolean }>();
  /** Children that were open before somebody filtered. */
  #aside = new Map<string, Branch>();

  constructor(path: string, level: number, position: number) {
    this.path = path;
    this.level = level;
    this.position = position;
  }

  /** How many rows it takes below its own: its children, and theirs where they are open. */
  get rowsBelow(): number {
    let rows = this.count ?? 1; // a line that says that it loads
    for (const child of this.open.values()) rows += child.rowsBelow;
    return rows;
  }

  /** Returns the open children in the order in which they are listed. */
  inOrder(): Branch[] {
    return [...this.open.values()].sort((a, b) => a.position - b.position);
  }

  /** Returns a child, as far as it has been told of. */
  rowAt(position: number): Row | undefined {
    return this.#pages.get(Math.floor(position / PAGE_ROWS))?.rows[position % PAGE_ROWS];
  }

  /** Returns the position of a child, as far as it has been told of. O(rows) */
  positionOf(key: string): number | undefined {
    for (const [page, { rows }] of this.#pages) {
      const index = rows.findIndex((row) => row.key === key);
      if (index >= 0) return page * PAGE_ROWS + index;
    }
    return undefined;
  }

  /** Whether the page of a child is missing, or older than what has changed. */
  lacks(page: number): boolean {
    return this.#pages.get(page)?.stale ?? true;
  }

  fill(page: number, rows: readonly Row[]): void {
    this.#pages.set(page, { rows, stale: false });
  }

  /** Makes pages be asked for again when they are looked at: all, or those that have one of the keys. They stay shown until then. */
  outdate(keys?: ReadonlySet<string>): void {
    for (const page of this.#pages.values()) {
      if (keys === undefined || page.rows.some(({ key }) => keys.has(key))) page.stale = true;
    }
  }

  /** Shows only children whose key contains `text`. Open ones close, and open again without a filter. */
  filterBy(text: string): void {
    if (this.filter === '' && text !== '') [this.#aside, this.open] = [this.open, new Map()];
    if (text === '') [this.open, this.#aside] = [this.#aside, new Map()];
    else this.open.clear();
    this.filter = text;
    this.#pages.clear();
    this.count = undefined;
  }
}
