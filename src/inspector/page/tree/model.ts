/** The rows of the tree, of which only those in sight are ever asked for. */
import type { ChangeLine, Preview } from '../../api.js';
import { childOf, isWithin, keyOf, parentOf, tokensOf } from '../client/pointers.js';
import { type RegionClient, RequestError } from '../client/request.js';
import { Branch, PAGE_ROWS } from './branch.js';

/** A row that is drawn. */
export interface TreeRow {
  /** Undefined until the server has answered. */
  readonly path: string | undefined;
  readonly key: string;
  readonly preview: Preview | undefined;
  readonly level: number;
  /** In its container, with the size of that, as screen readers say it. */
  readonly position: number;
  readonly setSize: number;
  /** Undefined for what cannot be opened. */
  readonly expanded: boolean | undefined;
}

export class TreeModel {
  readonly #client: RegionClient;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #root = new Branch('', 1, 0);
  readonly #asked = new Set<string>();
  readonly #gone = new AbortController();

  constructor(client: RegionClient, onChange: () => void, onError: (error: unknown) => void) {
    this.#client = client;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  get rowCount(): number {
    return 1 + this.#root.rowsBelow;
  }

  /** Returns a row, and asks for it if it is not known. */
  rowAt(index: number): TreeRow {
    if (index === 0) return this.#rowOf(this.#root, undefined, 0, 1);
    let [branch, left] = [this.#root, index - 1];
    for (;;) {
      const found = below(branch, left);
      if (found.inside === undefined) return this.#childAt(branch, found.position);
      [branch, left] = [found.inside, found.left];
    }
  }

  /** Returns the row of the container that a row is in; undefined for the document itself. */
  indexOfContainer(index: number): number | undefined {
    if (index === 0) return undefined;
    let [branch, left] = [this.#root, index - 1];
    let container = 0;
    for (;;) {
      const found = below(branch, left);
      if (found.inside === undefined) return container;
      container = index - found.left - 1;
      [branch, left] = [found.inside, found.left];
    }
  }

  isOpen(path: string): boolean {
    return this.branchAt(path) !== undefined;
  }

  branchAt(path: string): Branch | undefined {
    let branch: Branch | undefined = this.#root;
    for (const token of tokensOf(path)) branch = branch?.open.get(token);
    return branch;
  }

  /** Returns the row of a container that can be opened, as far as it has been told of. */
  closedContainer(path: string): TreeRow | undefined {
    const parent = parentOf(path);
    const branch = parent === undefined ? undefined : this.branchAt(parent);
    const position = branch?.positionOf(keyOf(path));
    if (branch === undefined || position === undefined) return undefined;
    const row = this.#childAt(branch, position);
    return row.expanded === false ? row : undefined;
  }

  toggle({ path, expanded, level, position }: TreeRow): void {
    const parent = path === undefined ? undefined : parentOf(path);
    if (path === undefined || parent === undefined || expanded === undefined) return; // the document itself stays open
    const container = this.branchAt(parent);
    if (expanded) container?.open.delete(keyOf(path));
    else container?.open.set(keyOf(path), new Branch(path, level, position));
    this.#onChange();
  }

  filter(path: string, text: string): void {
    this.branchAt(path)?.filterBy(text);
    this.#onChange();
  }

  /** Opens all that is above a value. @returns its row. @throws `RequestError` where the value is gone */
  async reveal(path: string): Promise<number> {
    const { positions } = await this.#client.locate(path, this.#gone.signal);
    const tokens = tokensOf(path);
    let [branch, index] = [this.#root, 0];
    for (const [i, token] of tokens.entries()) {
      if (branch.filter !== '') branch.filterBy('');
      await this.#load(branch, Math.floor(positions[i] / PAGE_ROWS));
      index += 1 + positions[i];
      for (const other of branch.open.values()) if (other.position < positions[i]) index += other.rowsBelow;
      if (i === tokens.length - 1) break;
      const next = branch.open.get(token) ?? new Branch(childOf(branch.path, token), branch.level + 1, positions[i]);
      next.position = positions[i];
      branch.open.set(token, next);
      branch = next;
    }
    this.#onChange();
    return index;
  }

  /** Outdates what has changed. */
  onChanges(lines: readonly ChangeLine[], complete: boolean): void {
    const paths = new Set(lines.map(({ path }) => path));
    const moved = new Set(lines.filter(({ op }) => op !== 'replace').map(({ path }) => parentOf(path) ?? ''));
    this.#outdate(this.#root, [...paths], moved, complete);
    this.#onChange();
  }

  close(): void {
    this.#gone.abort();
  }

  #outdate(branch: Branch, paths: readonly string[], moved: ReadonlySet<string>, complete: boolean): void {
    const inside = paths.filter((path) => isWithin(path, branch.path));
    const above = paths.some((path) => isWithin(branch.path, path));
    if (complete && !above && inside.length === 0) return;
    if (!complete || above || moved.has(branch.path)) {
      branch.outdate();
      for (const child of branch.open.values()) this.#relocate(branch, child);
    } else {
      const depth = branch.level - 1;
      branch.outdate(new Set(inside.map((path) => tokensOf(path)[depth])));
    }
    const rest = above ? paths : inside;
    for (const child of branch.open.values()) this.#outdate(child, rest, moved, complete);
  }

  /** Finds an open child again after others came or went; closes it if it went itself. */
  async #relocate(container: Branch, child: Branch): Promise<void> {
    if (container.filter !== '') return;
    try {
      const { positions } = await this.#client.locate(child.path, this.#gone.signal);
      child.position = positions.at(-1) ?? 0;
    } catch (error) {
      if (!(error instanceof RequestError)) return; // the page is closed, or will hear that the connection is lost
      container.open.delete(keyOf(child.path));
    }
    this.#onChange();
  }

  #childAt(branch: Branch, position: number): TreeRow {
    this.#need(branch, position);
    const row = branch.rowAt(position);
    const setSize = branch.count ?? 1;
    if (row === undefined) {
      return {
        path: undefined,
        key: '',
        preview: undefined,
        level: branch.level + 1,
        position,
        setSize,
        expanded: undefined,
      };
    }
    const open = branch.open.get(row.key);
    const child = open ?? new Branch(childOf(branch.path, row.key), branch.level + 1, position);
    return this.#rowOf(child, row, position, setSize);
  }

  #rowOf(branch: Branch, row: Preview | undefined, position: number, setSize: number): TreeRow {
    const { path, level } = branch;
    const preview = row ?? branch.at;
    if (path === '') this.#need(branch, 0);
    const isContainer = preview?.kind === 'object' || preview?.kind === 'array';
    const expanded = isContainer && preview?.size !== 0 ? this.isOpen(path) : undefined;
    return { path, key: path === '' ? '' : keyOf(path), preview, level, position, setSize, expanded };
  }

  #need(branch: Branch, position: number): void {
    const page = Math.floor(position / PAGE_ROWS);
    if (branch.lacks(page)) this.#load(branch, page).catch(this.#onError);
  }

  async #load(branch: Branch, page: number): Promise<void> {
    const { path, filter } = branch;
    const what = `${path}\n${filter}\n${page}`;
    if (this.#asked.has(what) || !branch.lacks(page)) return;
    this.#asked.add(what);
    try {
      const window = { path, filter, from: page * PAGE_ROWS, count: PAGE_ROWS };
      const { at, count, rows } = await this.#client.children(window, this.#gone.signal);
      if (branch.filter !== filter) return;
      branch.at = at;
      branch.count = count;
      branch.fill(page, rows);
    } catch (error) {
      if (this.#gone.signal.aborted) return;
      if (!(error instanceof RequestError) || path === '') throw error;
      this.branchAt(parentOf(path) ?? '')?.open.delete(keyOf(path)); // it went while we asked
    } finally {
      this.#asked.delete(what);
    }
    this.#onChange();
  }
}

/** Finds what is `left` rows below the row of a branch: one of its children, or something inside an open one. */
function below(
  branch: Branch,
  left: number,
): { position: number; inside?: undefined } | { inside: Branch; left: number } {
  let inserted = 0;
  for (const child of branch.inOrder()) {
    const before = child.position + inserted;
    if (left <= before) break;
    const rows = child.rowsBelow;
    if (left <= before + rows) return { inside: child, left: left - before - 1 };
    inserted += rows;
  }
  return { position: left - inserted };
}
