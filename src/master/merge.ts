/** RFC 7396 on the tree itself: only what the patch names is read or written. Nested patches wait in a list, so that depth costs heap and not stack. */
import { JsonMmapError } from '../errors.js';
import { type JsonValue, jsonValue } from '../format/json-value.js';
import { isObject } from '../format/layout.js';
import { setOwn } from '../format/read/construct.js';
import { type Slot, slotAt } from '../format/read/lookup.js';
import { deleteAt, setAt } from '../format/write/edit.js';
import type { Writer } from '../format/write/writer.js';
import { writeRoot } from './value.js';

type MergeObject = Record<string, unknown>;

/** Merges `patch`, as `jsonValue` returned it, into the document; the writer's result is the new root. */
export function applyMerge(writer: Writer, root: Slot | undefined, patch: JsonValue): void {
  if (!isMergeObject(patch)) writeRoot(writer, root, patch);
  else if (root === undefined || !isObject(root.hi)) writeRoot(writer, root, withoutNulls(patch));
  else mergeInto(writer, root, patch);
}

function mergeInto(writer: Writer, root: Slot, patch: MergeObject): void {
  writer.result(root.lo, root.hi);
  const waiting: [path: readonly string[], patch: MergeObject][] = [[[], patch]];
  for (const [path, object] of waiting) {
    for (const key of Object.keys(object)) {
      const value = jsonValue(object[key], key);
      const at = [...path, key];
      const target = slotAt(writer.reader, writer, at);
      if (isMergeObject(value) && target !== undefined && isObject(target.hi)) waiting.push([at, value]);
      else if (value !== null && value !== undefined) set(writer, at, value);
      else if (value === null && target !== undefined) deleteAt(writer, rootOf(writer), at);
    }
  }
}

function set(writer: Writer, at: readonly string[], value: NonNullable<JsonValue>): void {
  setAt(writer, rootOf(writer), at, isMergeObject(value) ? withoutNulls(value) : value);
}

function rootOf({ lo, hi }: Writer): Slot {
  return { lo, hi };
}

/** An object on its way into the document, and the one that it stands in. */
interface Copy {
  readonly source: MergeObject;
  readonly target: MergeObject;
  readonly above: Copy | undefined;
}

/** Returns what merging `patch` into nothing gives: the same without its nulls, but for those in arrays. @throws `ERR_NOT_SERIALIZABLE` for a cycle */
function withoutNulls(patch: MergeObject): MergeObject {
  const copies: Copy[] = [{ source: patch, target: {}, above: undefined }];
  for (const copy of copies) {
    for (const key of Object.keys(copy.source)) {
      const value = jsonValue(copy.source[key], key);
      if (value === null || value === undefined) continue;
      if (!isMergeObject(value)) {
        setOwn(copy.target, key, value);
        continue;
      }
      const target = {};
      copies.push({ source: value, target, above: withoutCycle(copy, value) });
      setOwn(copy.target, key, target);
    }
  }
  return copies[0].target;
}

function withoutCycle(above: Copy, value: MergeObject): Copy {
  for (let copy: Copy | undefined = above; copy !== undefined; copy = copy.above) {
    if (copy.source === value)
      throw new JsonMmapError('ERR_NOT_SERIALIZABLE', 'JSON has no cycles: an object contains itself');
  }
  return above;
}

function isMergeObject(value: JsonValue): value is MergeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
