/** Where in a log somebody is, and what an entry is to them. */
import type { Entry } from './entry.js';

export interface Position {
  /** The revision; 0 before the first entry. */
  readonly sequence: number;
  /** Of the entry there: 64 hexadecimal digits, or the first of them where a region has it. Empty before the first entry. */
  readonly id: string;
}

export const START: Position = { sequence: 0, id: '' };

/** Digits of an id that a commit has room for. */
export const ID_DIGITS = 24;

/**
 * What `entry` is to somebody at `position`: told already; the next one; or apart from it: then entries between are missing, or it is of
 * another history. Numbers alone do not tell: a log that was lost and begun anew may have grown past the position.
 */
export function relation(position: Position, entry: Pick<Entry, 'sequence' | 'parent'>): 'old' | 'next' | 'apart' {
  if (entry.sequence <= position.sequence) return 'old';
  return isParent(position, entry.parent) ? 'next' : 'apart';
}

/** Whether `id` is that of the entry at `position`. */
export function isAt(position: Position, id: string): boolean {
  return position.sequence > 0 && position.id.length >= ID_DIGITS && id.startsWith(position.id);
}

/**
 * Whether `entry` has lost against the entry at `position`: both were appended behind the same one, and the first counts, also where it is the
 * same entry twice. An engine that looks at the condition of an
 * append before it orders the append can store such an entry.
 */
export function isBeaten(position: Position, { id, parent }: Pick<Entry, 'id' | 'parent'>, entry: Entry): boolean {
  return isAt(position, id) && entry.parent === parent;
}

function isParent(position: Position, parent: string | null): boolean {
  return parent === null ? position.sequence === 0 : isAt(position, parent);
}
