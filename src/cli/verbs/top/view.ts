/** What somebody at the terminal looks at, and what each key makes of it. */
import { SORT_KEYS, type SortKey } from './columns.js';

export interface View {
  readonly sort: SortKey;
  readonly reversed: boolean;
  readonly paused: boolean;
  readonly help: boolean;
  /** The region under the cursor; undefined before the first key: the first row. */
  readonly selected: string | undefined;
  /** In which row it was: where it is gone, the cursor stays there. */
  readonly row: number;
  /** The region that is looked at from near; undefined for the table. */
  readonly open: string | undefined;
}

/** A key as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly sequence?: string | undefined;
}

/** What a key asks for besides another view. */
export type Wish = 'quit' | 'interrupt' | 'suspend';

export const FIRST_VIEW: View = {
  sort: 'name',
  reversed: false,
  paused: false,
  help: false,
  selected: undefined,
  row: 0,
  open: undefined,
};

/** Returns the row of the cursor in a table of these regions. */
export function cursorRow({ selected, row }: View, names: readonly string[]): number {
  const found = selected === undefined ? 0 : names.indexOf(selected);
  return found >= 0 ? found : Math.max(0, Math.min(row, names.length - 1));
}

/**
 * Returns the view after a key, or what the key asks for instead.
 * @param names The regions as they are sorted.
 * @param pageRows Rows of the table that are seen.
 */
export function press(view: View, key: Key, names: readonly string[], pageRows: number): View | Wish {
  const character = key.sequence ?? '';
  if (key.ctrl) return ({ c: 'interrupt', z: 'suspend' }[key.name ?? ''] as Wish | undefined) ?? view;
  if (character === 'q' || character === 'Q') return 'quit';
  if (character === '?') return { ...view, help: !view.help };
  if (view.help) return { ...view, help: false };
  if (character === 'p' || character === ' ') return { ...view, paused: !view.paused };
  if (view.open !== undefined) return BACK.has(key.name ?? '') ? { ...view, open: undefined } : view;
  return inTable(view, key.name ?? '', character, names, pageRows);
}

const BACK = new Set(['escape', 'backspace', 'left', 'h']);

function inTable(view: View, name: string, character: string, names: readonly string[], pageRows: number): View {
  const row = cursorRow(view, names);
  const step = stepOf(name, character, row, names.length, pageRows);
  if (step !== undefined) return at(view, row + step, names);
  if (name === 'return' || name === 'enter') {
    return names.length === 0 ? view : { ...at(view, row, names), open: names[row] };
  }
  if (character === 'r') return { ...view, reversed: !view.reversed };
  const turn = TURNS[character] ?? TURNS[name];
  return turn === undefined ? view : { ...view, sort: next(view.sort, turn), reversed: false };
}

/** To the next column, or back to the one before. */
const TURNS: Readonly<Record<string, number>> = { s: 1, '>': 1, right: 1, S: -1, '<': -1, left: -1 };

function stepOf(name: string, character: string, row: number, rows: number, pageRows: number): number | undefined {
  if (character === 'G' || name === 'end') return rows - 1 - row;
  switch (name) {
    case 'up':
    case 'k':
      return -1;
    case 'down':
    case 'j':
      return 1;
    case 'pageup':
      return -pageRows;
    case 'pagedown':
      return pageRows;
    case 'home':
    case 'g':
      return -row;
    default:
      return undefined;
  }
}

function at(view: View, wanted: number, names: readonly string[]): View {
  const row = Math.max(0, Math.min(wanted, names.length - 1));
  return { ...view, row, selected: names[row] };
}

function next(sort: SortKey, turn: number): SortKey {
  return SORT_KEYS[(SORT_KEYS.indexOf(sort) + turn + SORT_KEYS.length) % SORT_KEYS.length];
}
