/**
 * RFC 7396 on the tree itself: only what the patch names is read or written. Objects are merged from the inside out on an explicit stack, so depth costs
 * heap and not the machine's stack, and each node on the way is written once for each key that changes in it.
 */
import { JsonMmapError } from '../errors.js';
import { type JsonValue, jsonValue } from '../format/json-value.js';
import { isObject } from '../format/layout.js';
import { setOwn } from '../format/read/construct.js';
import type { Slot } from '../format/read/lookup.js';
import { encodeJson } from '../format/write/encode.js';
import { addEntry, deleteEntry, replaceEntry } from '../format/write/object-edit.js';
import { reconcile } from '../format/write/reconcile.js';
import type { Writer } from '../format/write/writer.js';
import { writeRoot } from './value.js';

type MergeObject = Record<string, unknown>;

/** Merges `patch`, as `jsonValue` returned it, into the document; the writer's result is the new root. O(patch × log width). */
export function applyMerge(writer: Writer, root: Slot | undefined, patch: JsonValue): void {
  if (!isMergeObject(patch)) writeRoot(writer, root, patch);
  else if (root === undefined || !isObject(root.hi)) writeRoot(writer, root, withoutNulls(patch));
  else mergeInto(writer, root, patch);
}

/** An object of the document that is being merged with an object of the patch. */
interface Frame {
  readonly patch: MergeObject;
  readonly keys: readonly string[];
  next: number;
  /** The object as merged so far. */
  lo: number;
  hi: number;
  /** The word of the slot that the object below leads to, while that is being merged. */
  word: number;
}

function mergeInto(writer: Writer, root: Slot, patch: MergeObject): void {
  const frames = [frameOf(patch, root.lo, root.hi)];
  for (;;) {
    const frame = frames[frames.length - 1];
    if (frame.next < frame.keys.length) {
      const below = mergeKey(writer, frame, frame.keys[frame.next++]);
      if (below !== undefined) frames.push(below);
      continue;
    }
    writer.result(frame.lo, frame.hi);
    frames.pop();
    const above = frames.at(-1);
    if (above === undefined) return;
    replace(writer, above, above.keys[above.next - 1], above.word);
  }
}

/** Merges one key of the patch; returns the object to merge first where both sides have one. */
function mergeKey(writer: Writer, frame: Frame, key: string): Frame | undefined {
  const value = jsonValue(frame.patch[key], key);
  if (value === undefined) return undefined;
  const { lo, hi } = frame;
  const word = writer.reader.entry(lo, hi, key);
  if (word < 0) {
    if (value === null) return undefined;
    encodeJson(writer, isMergeObject(value) ? withoutNulls(value) : value);
    addEntry(writer, lo, hi, key, writer.lo, writer.hi);
    moveTo(frame, writer);
    return undefined;
  }
  const { i32 } = writer.segment;
  const [targetLo, targetHi] = [i32[word], i32[word + 1]];
  if (isMergeObject(value) && isObject(targetHi)) {
    frame.word = word;
    return frameOf(value, targetLo, targetHi);
  }
  if (value === null) {
    deleteEntry(writer, lo, hi, key, word);
    writer.drop(targetLo, targetHi);
    moveTo(frame, writer);
  } else {
    reconcile(writer, isMergeObject(value) ? withoutNulls(value) : value, targetLo, targetHi);
    replace(writer, frame, key, word);
  }
  return undefined;
}

/** Puts the result where the slot at `word` is; writes nothing where that is the same. */
function replace(writer: Writer, frame: Frame, key: string, word: number): void {
  const { i32 } = writer.segment;
  if (i32[word] === writer.lo && i32[word + 1] === writer.hi) return;
  replaceEntry(writer, frame.lo, frame.hi, key, word, writer.lo, writer.hi);
  moveTo(frame, writer);
}

function frameOf(patch: MergeObject, lo: number, hi: number): Frame {
  return { patch, keys: Object.keys(patch), next: 0, lo, hi, word: -1 };
}

function moveTo(frame: Frame, { lo, hi }: Writer): void {
  frame.lo = lo;
  frame.hi = hi;
}

/** An object of the patch on its way into the document. */
interface Copy {
  readonly source: MergeObject;
  readonly target: MergeObject;
  readonly keys: readonly string[];
  next: number;
}

/**
 * Returns what merging `patch` into nothing gives: the same without its nulls, but for those in arrays. O(size), on an explicit stack.
 * @throws `ERR_NOT_SERIALIZABLE` for a cycle
 */
function withoutNulls(patch: MergeObject): MergeObject {
  const open = new Set<MergeObject>();
  const root = copyOf(patch, open);
  const copies = [root];
  for (let copy = copies.at(-1); copy !== undefined; copy = copies.at(-1)) {
    if (copy.next === copy.keys.length) {
      open.delete(copy.source);
      copies.pop();
      continue;
    }
    const key = copy.keys[copy.next++];
    const value = jsonValue(copy.source[key], key);
    if (value === null || value === undefined) continue;
    if (isMergeObject(value)) copies.push(copyOf(value, open));
    setOwn(copy.target, key, isMergeObject(value) ? copies[copies.length - 1].target : value);
  }
  return root.target;
}

function copyOf(source: MergeObject, open: Set<MergeObject>): Copy {
  if (open.has(source))
    throw new JsonMmapError('ERR_NOT_SERIALIZABLE', 'JSON cannot hold a cycle: an object contains itself');
  open.add(source);
  return { source, target: {}, keys: Object.keys(source), next: 0 };
}

function isMergeObject(value: JsonValue): value is MergeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
