/** What the keys of a tree do: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
import { parentOf } from '../client/pointers.js';
import type { TreeModel } from './model.js';

/** Does what a key says, and returns the row that is active then; undefined for keys that a tree does not know. */
export function indexAfterKey(key: string, model: TreeModel, active: number, page: number): number | undefined {
  const last = model.rowCount - 1;
  const row = model.rowAt(active);
  const parent = row.path === undefined ? undefined : parentOf(row.path);
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, active + 1);
    case 'ArrowUp':
      return Math.max(0, active - 1);
    case 'PageDown':
      return Math.min(last, active + page);
    case 'PageUp':
      return Math.max(0, active - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'ArrowRight':
      if (row.expanded === true) return Math.min(last, active + 1);
      if (row.expanded === false) model.toggle(row);
      return active;
    case 'ArrowLeft':
      if (row.expanded === true && parent !== undefined) model.toggle(row);
      else return model.indexOfContainer(active);
      return active;
    case 'Enter':
    case ' ':
      model.toggle(row);
      return active;
    default:
      return undefined;
  }
}
