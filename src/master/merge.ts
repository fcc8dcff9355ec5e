/** RFC 7396 on the tree itself: only what the patch names is read or written. */
import { deleteAt, setAt } from '../format/edit.js';
import { type JsonValue, jsonValue } from '../format/json-value.js';
import { isObject } from '../format/layout.js';
import { type Slot, slotAt } from '../format/lookup.js';
import type { Writer } from '../format/writer.js';
import { writeRoot } from './value.js';

/** Merges `patch`, as `jsonValue` returned it, into the document; the writer's result is the new root. */
export function applyMerge(writer: Writer, root: Slot | undefined, patch: JsonValue): void {
  if (!isMergeObject(patch)) {
    writeRoot(writer, root, patch);
    return;
  }
  if (root === undefined || !isObject(root.hi)) writeRoot(writer, undefined, {});
  else writer.result(root.lo, root.hi);
  mergeObject(writer, [], patch);
}

/** Merges `patch` into the object at `path`; the writer's result is the root before and after. */
function mergeObject(writer: Writer, path: readonly string[], patch: Record<string, unknown>): void {
  for (const key of Object.keys(patch)) {
    const value = jsonValue(patch[key], key);
    if (value === undefined) continue;
    const root = { lo: writer.lo, hi: writer.hi };
    const at = [...path, key];
    const target = slotAt(writer.reader, root, at);
    if (value === null) {
      if (target !== undefined) deleteAt(writer, root, at);
    } else if (isMergeObject(value)) {
      if (target === undefined || !isObject(target.hi)) setAt(writer, root, at, {});
      mergeObject(writer, at, value);
    } else {
      setAt(writer, root, at, value);
    }
  }
}

function isMergeObject(value: JsonValue): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
