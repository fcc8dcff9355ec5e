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
  const [from, to] = [before.valueRef([]), after.valueRef([])];
  const answer = { from: before.version, to: after.version };
  if (from === undefined || to === undefined) return { ...answer, operations: 0, changes: [] };
  let shown = 0;
  // Only what is shown is read: a patch holds whole values, and one of them may be the document.
  const patch = diff(from, to, [], (ref) => (shown++ < CHANGES_MAX ? shownOf(ref) : undefined));
  const changes = patch.slice(0, CHANGES_MAX).map((operation): ChangeLine => {
    const { op, path } = operation as { op: ChangeLine['op']; path: string };
    // Paths of what is removed or replaced are valid in the version before: a patch replaces first, removes from the end, and adds last.
    const old = op === 'add' ? undefined : shownAt(before, path);
    const now = 'value' in operation ? (operation.value as Shown | undefined) : undefined;
    return { op, path, ...(old && { before: old }), ...(now && { after: now }) };
  });
  return { ...answer, operations: patch.length, changes };
}

function shownAt(snapshot: Snapshot, path: string): Shown | undefined {
  const ref: ValueRef | undefined = snapshot.valueRef(tokensOf(path));
  return ref && shownOf(ref);
}
