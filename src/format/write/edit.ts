/**
 * Edits of a document at a path: each writes the changed nodes from there up to a new root, which is the writer's result, and leaves everything
 * else where it is. O(depth × log width) bytes. The old root stays as it was: it is the version that followers read.
 */
import { JsonMmapError } from '../../errors.js';
import type { JsonValue } from '../json-value.js';
import { isArray, isContainer, isObject } from '../layout.js';
import { pointerOf } from '../pointer.js';
import type { Slot } from '../read/lookup.js';
import { arrayIndex, type Reader } from '../read/reader.js';
import { insertElement, removeElement, setElement } from './array-write.js';
import { encodeJson } from './encode.js';
import { deleteEntry, setEntry } from './object-edit.js';
import { writeObject } from './object-write.js';
import { reconcile } from './reconcile.js';
import type { Writer } from './writer.js';

/** A container on the way to a path, and the token that leads on from it. */
interface Step extends Slot {
  readonly token: string;
}

/**
 * Sets the value at `tokens`, creating parent objects that are missing; in an array the last token is an index it has, or its length or `-`, which
 * append. Writes nothing where the value stands there already.
 * @throws `ERR_PATH_NOT_FOUND` where a parent is no container or an index is beyond the array.
 */
export function setAt(writer: Writer, root: Slot, tokens: readonly string[], value: JsonValue): void {
  const steps: Step[] = [];
  let at: Slot | undefined = root;
  for (const token of tokens) {
    if (at === undefined) break;
    if (!isContainer(at.hi)) throw notAContainer(tokens.slice(0, steps.length));
    steps.push({ ...at, token });
    at = childSlot(writer.reader, at, token);
  }
  if (at !== undefined) {
    reconcile(writer, value, at.lo, at.hi);
  } else {
    encodeJson(writer, value);
    wrapInParents(writer, tokens.slice(steps.length));
  }
  rebuild(writer, steps, at !== undefined);
}

/** Puts the result into new objects with one key each. */
function wrapInParents(writer: Writer, tokens: readonly string[]): void {
  for (const token of tokens.toReversed()) {
    const slot = Int32Array.of(writer.lo, writer.hi);
    writeObject(writer, [token], slot, 0);
  }
}

/** Adds the value at `tokens` as RFC 6902 does: a new or replaced entry of an object, an element inserted before an index or appended. */
export function addAt(writer: Writer, root: Slot, tokens: readonly string[], value: Slot): void {
  if (tokens.length === 0) {
    writer.result(value.lo, value.hi);
    return;
  }
  const steps = stepsTo(writer.reader, root, tokens);
  writer.result(value.lo, value.hi);
  const { lo, hi, token } = steps[steps.length - 1];
  if (isArray(hi)) {
    const index = token === '-' ? writer.reader.sizeOf(lo, hi) : indexUpTo(writer.reader, lo, hi, token, tokens);
    insertElement(writer, lo, hi, index, value.lo, value.hi);
    rebuild(writer, steps.slice(0, -1), true);
  } else {
    const replaced = childSlot(writer.reader, { lo, hi }, token);
    if (replaced !== undefined) writer.drop(replaced.lo, replaced.hi);
    rebuild(writer, steps, true);
  }
}

/** Deletes what stands at `tokens`, which is not the root. @throws `ERR_PATH_NOT_FOUND` */
export function deleteAt(writer: Writer, root: Slot, tokens: readonly string[]): void {
  const value = takeAt(writer, root, tokens);
  writer.drop(value.lo, value.hi);
}

/** The same for a value that goes on to stand elsewhere, whose slot is returned. */
export function takeAt(writer: Writer, root: Slot, tokens: readonly string[]): Slot {
  const steps = stepsTo(writer.reader, root, tokens);
  const { lo, hi, token } = steps[steps.length - 1];
  const value = childSlot(writer.reader, { lo, hi }, token);
  if (value === undefined) throw notFound(tokens);
  if (isArray(hi)) removeElement(writer, lo, hi, Number(token));
  else deleteEntry(writer, lo, hi, token);
  rebuild(writer, steps.slice(0, -1), true);
  return value;
}

/** The containers on the way to `tokens`, all of which must be there; the last token need not lead anywhere. */
function stepsTo(reader: Reader, root: Slot, tokens: readonly string[]): Step[] {
  const steps: Step[] = [];
  let at: Slot | undefined = root;
  for (const token of tokens) {
    if (at === undefined) throw notFound(tokens.slice(0, steps.length));
    if (!isContainer(at.hi)) throw notAContainer(tokens.slice(0, steps.length));
    steps.push({ ...at, token });
    at = childSlot(reader, at, token);
  }
  return steps;
}

/**
 * Writes the containers of `steps`, innermost first, around the result. Stops early where nothing changed. `exists`: the innermost
 * step's token leads to an entry or element; else it is new.
 */
function rebuild(writer: Writer, steps: readonly Step[], exists: boolean): void {
  let present = exists;
  for (const { lo, hi, token } of steps.toReversed()) {
    const [valueLo, valueHi] = [writer.lo, writer.hi];
    if (isObject(hi)) {
      const word = writer.reader.entry(lo, hi, token);
      const { i32 } = writer.segment;
      if (word >= 0 && i32[word] === valueLo && i32[word + 1] === valueHi) writer.result(lo, hi);
      else setEntry(writer, lo, hi, token, valueLo, valueHi);
    } else if (present) {
      const word = writer.reader.child(lo, hi, token);
      const { i32 } = writer.segment;
      if (i32[word] === valueLo && i32[word + 1] === valueHi) writer.result(lo, hi);
      else setElement(writer, lo, hi, Number(token), valueLo, valueHi);
    } else {
      const length = writer.reader.sizeOf(lo, hi);
      if (token !== '-' && arrayIndex(token) !== length) throw beyondArray(token, length);
      insertElement(writer, lo, hi, length, valueLo, valueHi);
    }
    present = true;
  }
}

function childSlot(reader: Reader, at: Slot, token: string): Slot | undefined {
  const word = reader.child(at.lo, at.hi, token);
  return word < 0 ? undefined : { lo: reader.segment.i32[word], hi: reader.segment.i32[word + 1] };
}

function indexUpTo(reader: Reader, lo: number, hi: number, token: string, tokens: readonly string[]): number {
  const index = arrayIndex(token);
  const length = reader.sizeOf(lo, hi);
  if (index < 0) throw notFound(tokens);
  if (index > length) throw beyondArray(token, length);
  return index;
}

export function notFound(tokens: readonly string[]): JsonMmapError {
  return new JsonMmapError('ERR_PATH_NOT_FOUND', `nothing stands at ${JSON.stringify(pointerOf(tokens))}`);
}

function notAContainer(tokens: readonly string[]): JsonMmapError {
  const at = JSON.stringify(pointerOf(tokens));
  return new JsonMmapError(
    'ERR_PATH_NOT_FOUND',
    `what stands at ${at} is neither an object nor an array: replace it first`,
  );
}

function beyondArray(token: string, length: number): JsonMmapError {
  const message = `${JSON.stringify(token)} is no index of an array of ${length} elements: use 0 to ${length}, or "-" to append`;
  return new JsonMmapError('ERR_PATH_NOT_FOUND', message);
}
