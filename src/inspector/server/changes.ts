/** What changed between two versions, as lines that a page can show. */
import type { Snapshot } from '../../follower/snapshot.js';
import { diff } from '../../format/compare/diff.js';
import type { ValueRef } from '../../format/compare/value-ref.js';
import { tokensOf } from '../../format/pointer.js';
import type { ChangeLine, DiffAnswer, Shown } from '../api.js';
import { shownOf } from './preview.js';

/** Of a larger change the page shows how large it is, and its first operations. */
const CHANGES_MAX = 200;

/** Compares two versions of a region, at most 200 changes with their values. O(change). @throws `ERR_REGION_CORRUPT`, `ERR_CLOSED` */
export function changesBetween(before: Snapshot, after: Snapshot): DiffAnswer {
  return { from: before.version, to: after.version, ...changesAt(before, after, [], CHANGES_MAX) };
}

/** Compares the value at a path in two versions, of which each has one, at most `most` changes with their values. O(change). @throws as `changesBetween` */
export function changesAt(
  before: Snapshot,
  after: Snapshot,
  tokens: readonly string[],
  most: number,
): { operations: number; changes: ChangeLine[] } {
  const [from, to] = [before.valueRef(tokens), after.valueRef(tokens)];
  if (from === undefined || to === undefined) return { operations: 0, changes: [] };
  let shown = 0;
  // Only what is shown is read: a patch holds whole values, and one of them may be the document.
  const patch = diff(from, to, tokens, (ref) => (shown++ < most ? shownOf(ref) : undefined));
  const changes = patch.slice(0, most).map((operation): ChangeLine => {
    const { op, path } = operation as { op: ChangeLine['op']; path: string };
    // Paths of what is removed or replaced are valid in the version before: a patch replaces first, removes from the end, and adds last.
    const old = op === 'add' ? undefined : shownAt(before, path);
    const now = 'value' in operation ? (operation.value as Shown | undefined) : undefined;
    return { op, path, ...(old && { before: old }), ...(now && { after: now }) };
  });
  return { operations: patch.length, changes };
}

function shownAt(snapshot: Snapshot, path: string): Shown | undefined {
  const ref: ValueRef | undefined = snapshot.valueRef(tokensOf(path));
  return ref && shownOf(ref);
}
