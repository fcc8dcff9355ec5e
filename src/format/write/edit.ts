/**
 * Edits of a document at a path: each writes the changed nodes from there up to a new root, which is the writer's result, and leaves everything
 * else where it is. O(depth × log width) bytes. The old root does not change: it is the version that followers read.
 */
import { JsonMmapError } from '../../errors.js';
import { arrayIndex } from '../index-key.js';
import type { JsonValue } from '../json-value.js';
import { isArray, isContainer, isObject } from '../layout.js';
import { shownPath } from '../pointer.js';
import type { Slot } from '../read/lookup.js';
import type { Reader } from '../read/reader.js';
import { insertElement, removeElement, setElement } from './array-edit.js';
import { encodeJson } from './encode.js';
import { addEntry, deleteEntry, replaceEntry } from './object-edit.js';
import { writeObject } from './object-write.js';
import { reconcile } from './reconcile.js';
import type { Writer } from './writer.js';

/** A container on the way to a path, the token that leads on from it, and the word of the slot where it leads; -1 where nothing stands. */
interface Step extends Slot {
  readonly token: string;
  readonly word: number;
}

/**
 * Sets the value at `tokens`, creating parent objects that are missing; in an array the last token is an index it has, or its length or `-`, which
 * append. Writes nothing where the value stands there already.
 * @throws `ERR_PATH_NOT_FOUND` where a parent is no container or an index is beyond the array.
 */
export function setAt(writer: Writer, root: Slot, tokens: readonly string[], value: JsonValue): void {
  const steps: Step[] = [];
  let at: Slot | undefined = root;
  for (let i = 0; i < tokens.length && at !== undefined; i++) at = follow(writer.reader, at, tokens, steps);
  if (at !== undefined) {
    reconcile(writer, value, at.lo, at.hi);
  } else {
    encodeJson(writer, value);
    wrapInParents(writer, tokens.slice(steps.length));
  }
  rebuild(writer, steps, steps.length);
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
  const { lo, hi, token, word } = steps[steps.length - 1];
  if (isArray(hi)) {
    const index = token === '-' ? writer.reader.sizeOf(lo, hi) : indexUpTo(writer.reader, lo, hi, token, tokens);
    insertElement(writer, lo, hi, index, value.lo, value.hi);
    rebuild(writer, steps, steps.length - 1);
  } else {
    const { i32 } = writer.segment;
    if (word >= 0) writer.drop(i32[word], i32[word + 1]);
    rebuild(writer, steps, steps.length);
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
  const { lo, hi, token, word } = steps[steps.length - 1];
  if (word < 0) throw notFound(tokens);
  const { i32 } = writer.segment;
  const value = { lo: i32[word], hi: i32[word + 1] };
  if (isArray(hi)) removeElement(writer, lo, hi, Number(token));
  else deleteEntry(writer, lo, hi, token, word);
  rebuild(writer, steps, steps.length - 1);
  return value;
}

/** The containers on the way to `tokens`, all of which must be there; the last token need not lead anywhere. */
function stepsTo(reader: Reader, root: Slot, tokens: readonly string[]): Step[] {
  const steps: Step[] = [];
  let at: Slot | undefined = root;
  for (let i = 0; i < tokens.length; i++) {
    if (at === undefined) throw notFound(tokens.slice(0, i));
    at = follow(reader, at, tokens, steps);
  }
  return steps;
}

/** Goes one step on from `at`, which is noted in `steps`; returns where that leads. @throws `ERR_PATH_NOT_FOUND` */
function follow(reader: Reader, { lo, hi }: Slot, tokens: readonly string[], steps: Step[]): Slot | undefined {
  const token = tokens[steps.length];
  const word = reader.child(lo, hi, token);
  if (word < 0 && !isContainer(hi)) throw notAContainer(tokens.slice(0, steps.length));
  steps.push({ lo, hi, token, word });
  const { i32 } = reader.segment;
  return word < 0 ? undefined : { lo: i32[word], hi: i32[word + 1] };
}

/** Writes the containers of the first `count` steps, innermost first, around the result. Writes nothing where nothing changed. */
function rebuild(writer: Writer, steps: readonly Step[], count: number): void {
  for (let i = count - 1; i >= 0; i--) {
    const { lo, hi, word } = steps[i];
    const { i32 } = writer.segment;
    if (word >= 0 && i32[word] === writer.lo && i32[word + 1] === writer.hi) writer.result(lo, hi);
    else putChild(writer, steps[i], writer.lo, writer.hi);
  }
}

/** Writes the container of a step with another value where the step leads, which may be behind its end. */
function putChild(writer: Writer, { lo, hi, token, word }: Step, valueLo: number, valueHi: number): void {
  if (isObject(hi)) {
    if (word < 0) addEntry(writer, lo, hi, token, valueLo, valueHi);
    else replaceEntry(writer, lo, hi, token, word, valueLo, valueHi);
  } else if (word >= 0) {
    setElement(writer, lo, hi, Number(token), valueLo, valueHi);
  } else {
    const length = writer.reader.sizeOf(lo, hi);
    if (token !== '-' && arrayIndex(token) !== length) throw beyondArray(token, length);
    insertElement(writer, lo, hi, length, valueLo, valueHi);
  }
}

function indexUpTo(reader: Reader, lo: number, hi: number, token: string, tokens: readonly string[]): number {
  const index = arrayIndex(token);
  const length = reader.sizeOf(lo, hi);
  if (index < 0) throw notFound(tokens);
  if (index > length) throw beyondArray(token, length);
  return index;
}

export function notFound(tokens: readonly string[]): JsonMmapError {
  return new JsonMmapError('ERR_PATH_NOT_FOUND', `${shownPath(tokens)} does not exist`);
}

function notAContainer(tokens: readonly string[]): JsonMmapError {
  const message = `${shownPath(tokens)} is neither an object nor an array, so it has no entries: replace it first`;
  return new JsonMmapError('ERR_PATH_NOT_FOUND', message);
}

function beyondArray(token: string, length: number): JsonMmapError {
  const message = `${JSON.stringify(token)} is not an index of an array of ${length} elements: use 0 to ${length}, or "-" to append`;
  return new JsonMmapError('ERR_PATH_NOT_FOUND', message);
}
