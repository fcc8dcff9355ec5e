/** Reads at a path. O(depth × log width), plus what is asked for there. */

import { isContainer, isObject, Tag, tagOf } from '../layout.js';
import { bounds, type Path, recentTokens } from '../pointer.js';
import { checkedLength } from './array-index.js';
import { childrenOf } from './children.js';
import { materialize } from './materialize.js';
import type { Reader } from './reader.js';

/** A root, or any other slot. */
export interface Slot {
  readonly lo: number;
  readonly hi: number;
}

/** Returns the slot at `tokens`, or undefined when nothing stands there. */
export function slotAt(reader: Reader, root: Slot, tokens: readonly string[]): Slot | undefined {
  let { lo, hi } = root;
  for (let i = 0; i < tokens.length; i++) {
    const word = reader.child(lo, hi, tokens[i]);
    if (word < 0) return undefined;
    lo = reader.segment.i32[word];
    hi = reader.segment.i32[word + 1];
  }
  return { lo, hi };
}

/** Returns the value at `path`, frozen in depth; undefined where nothing is, which JSON has no value for. @throws `ERR_PATH_INVALID` */
export function valueAtPath(reader: Reader, root: Slot, path: Path): unknown {
  const tokens = recentTokens(path);
  return tokens === undefined ? valueAtBounds(reader, root, path as string) : valueAt(reader, root, tokens);
}

function valueAtBounds(reader: Reader, root: Slot, pointer: string): unknown {
  const { i32 } = reader.segment;
  const { length } = pointer;
  let { lo, hi } = root;
  let from = 1;
  for (let i = 1; from <= length; i++) {
    const to = bounds[i];
    const word = reader.childPart(lo, hi, pointer, from, to);
    if (word < 0) return undefined;
    lo = i32[word];
    hi = i32[word + 1];
    from = to + 1;
  }
  return materialize(reader, lo, hi);
}

/** Returns the value at `tokens`, frozen in depth; undefined when nothing stands there, which JSON has no value for. */
export function valueAt(reader: Reader, root: Slot, tokens: readonly string[]): unknown {
  const slot = slotAt(reader, root, tokens);
  return slot === undefined ? undefined : materialize(reader, slot.lo, slot.hi);
}

/** Returns the keys of the object, or the indexes of the array, at `tokens`; none where neither stands. O(n). */
export function keysAt(reader: Reader, root: Slot, tokens: readonly string[]): string[] {
  const slot = slotAt(reader, root, tokens);
  if (slot === undefined || !isContainer(slot.hi)) return [];
  if (tagOf(slot.hi) === Tag.OBJECT) return [...reader.shapeOf(slot.lo).keys];
  if (isObject(slot.hi)) return [...(childrenOf(reader, slot.lo, slot.hi).keys ?? [])];
  const length = tagOf(slot.hi) === Tag.ARRAY ? reader.elementsOf(slot.lo) : checkedLength(reader, slot.lo);
  return Array.from({ length }, (_, i) => String(i));
}

/** Returns the number of entries or elements at `tokens`; 0 where no container stands. O(1) once there. */
export function sizeAt(reader: Reader, root: Slot, tokens: readonly string[]): number {
  const slot = slotAt(reader, root, tokens);
  return slot === undefined ? 0 : Math.max(0, reader.sizeOf(slot.lo, slot.hi));
}
