/** The materialised document of a master, brought up to date when it is asked for. */
import type { Slot } from '../format/lookup.js';
import { materialize } from '../format/materialize.js';
import type { Reader } from '../format/reader.js';
import { refresh } from '../format/refresh.js';

/** A materialised value and where it was read. */
export interface Current {
  readonly reader: Reader;
  readonly root: Slot;
  readonly value: unknown;
}

/** Returns the document at `root`; parts that `previous` has and that did not change stay its objects. */
export function refreshCurrent(
  previous: Current | undefined,
  reader: Reader,
  root: Slot | undefined,
): Current | undefined {
  if (root === undefined) return undefined;
  if (previous === undefined) return { reader, root, value: materialize(reader, root.lo, root.hi) };
  if (previous.reader === reader && previous.root.lo === root.lo && previous.root.hi === root.hi) return previous;
  const value = refresh({ reader: previous.reader, ...previous.root }, previous.value, { reader, ...root });
  return { reader, root, value };
}
