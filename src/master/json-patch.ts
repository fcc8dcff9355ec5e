/** RFC 6902 on the tree itself: strict, all or nothing (the caller takes back what an operation that fails leaves behind). */
import { JsonMmapError } from '../errors.js';
import type { JsonPatch } from '../format/compare/json-patch.js';
import { sameContent } from '../format/compare/same-content.js';
import { placeName, tokensOf } from '../format/pointer.js';
import { type Slot, slotAt } from '../format/read/lookup.js';
import { Copier } from '../format/write/copy.js';
import { CopiesTooLarge, CopyAllowance } from '../format/write/copy-allowance.js';
import { addAt, deleteAt, notFound, setAt, takeAt } from '../format/write/edit.js';
import { encodeJson } from '../format/write/encode.js';
import type { Writer } from '../format/write/writer.js';
import { required, writeRoot } from './value.js';

/**
 * Applies `operations` in their order; the writer's result is the new root.
 * @throws `ERR_PATCH_INVALID`, `ERR_PATCH_TEST_FAILED`, `ERR_PATH_NOT_FOUND`, `ERR_TOO_LARGE` for copies beyond the allowance
 */
export function applyPatch(writer: Writer, root: Slot | undefined, operations: JsonPatch): void {
  if (!Array.isArray(operations))
    throw new JsonMmapError('ERR_PATCH_INVALID', 'a patch must be an array of operations');
  if (root === undefined)
    throw new JsonMmapError('ERR_PATH_NOT_FOUND', 'there is no document to patch', { cure: 'write one first' });
  writer.result(root.lo, root.hi);
  const allowance = new CopyAllowance();
  operations.forEach((operation: unknown, i) => {
    try {
      applyOperation(writer, { lo: writer.lo, hi: writer.hi }, checked(operation), allowance);
    } catch (error) {
      throw error instanceof JsonMmapError ? located(error, i) : error;
    }
  });
}

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[] | undefined;
  /** As given: undefined only where it is missing. */
  readonly value: unknown;
}

function checked(operation: unknown): Operation {
  if (typeof operation !== 'object' || operation === null) throw invalid('an operation must be an object');
  const { op, path, from, value } = operation as Record<string, unknown>;
  if (typeof op !== 'string' || !OPERATIONS.has(op))
    throw invalid(`unknown operation ${shown(op)}: use ${[...OPERATIONS.keys()].join(', ')}`);
  if (typeof path !== 'string') throw invalid('"path" must be a JSON pointer');
  if (NEED_VALUE.has(op) && value === undefined) throw invalid(`"${op}" needs a "value"`);
  if (NEED_FROM.has(op) && typeof from !== 'string') throw invalid(`"${op}" needs a "from" that is a JSON pointer`);
  return { op, path: tokensOf(path), from: NEED_FROM.has(op) ? tokensOf(from as string) : undefined, value };
}

const NEED_VALUE = new Set(['add', 'replace', 'test']);
const NEED_FROM = new Set(['move', 'copy']);

type Apply = (writer: Writer, root: Slot, operation: Operation, allowance: CopyAllowance) => void;

const OPERATIONS = new Map<string, Apply>([
  ['add', add],
  ['remove', remove],
  ['replace', replace],
  ['move', move],
  ['copy', copy],
  ['test', test],
]);

function applyOperation(writer: Writer, root: Slot, operation: Operation, allowance: CopyAllowance): void {
  OPERATIONS.get(operation.op)?.(writer, root, operation, allowance);
}

function add(writer: Writer, root: Slot, { path, value }: Operation): void {
  const json = required(value, path.at(-1));
  if (path.length === 0) {
    writeRoot(writer, root, json);
    return;
  }
  encodeJson(writer, json);
  addAt(writer, root, path, { lo: writer.lo, hi: writer.hi });
}

function remove(writer: Writer, root: Slot, { path }: Operation): void {
  if (path.length === 0) throw invalid('the whole document cannot be removed: replace it');
  deleteAt(writer, root, path);
}

function replace(writer: Writer, root: Slot, { path, value }: Operation): void {
  if (slotAt(writer.reader, root, path) === undefined) throw notFound(path);
  const json = required(value, path.at(-1));
  if (path.length === 0) writeRoot(writer, root, json);
  else setAt(writer, root, path, json);
}

function move(writer: Writer, root: Slot, { path, from = [] }: Operation): void {
  if (slotAt(writer.reader, root, from) === undefined) throw notFound(from);
  if (isPrefix(from, path)) {
    if (from.length !== path.length) throw invalid(`${placeName(from)} cannot be moved into itself`);
    writer.result(root.lo, root.hi);
    return;
  }
  const slot = takeAt(writer, root, from);
  addAt(writer, { lo: writer.lo, hi: writer.hi }, path, slot);
}

/** Copies the nodes: a container is never in two places, except for leaves. */
function copy(writer: Writer, root: Slot, { path, from = [] }: Operation, allowance: CopyAllowance): void {
  const slot = slotAt(writer.reader, root, from);
  if (slot === undefined) throw notFound(from);
  new Copier(writer.reader, writer, allowance).copy(slot.lo, slot.hi);
  addAt(writer, root, path, { lo: writer.lo, hi: writer.hi });
}

/** RFC 6902, 4.6: objects are equal whatever the order of their keys. The value is written to be compared, and taken back. */
function test(writer: Writer, root: Slot, { path, value }: Operation): void {
  const there = slotAt(writer.reader, root, path);
  if (there === undefined) throw notFound(path);
  const before = writer.mark();
  encodeJson(writer, required(value, path.at(-1)));
  const equal = sameContent(writer.reader, there.lo, there.hi, writer.lo, writer.hi);
  writer.rollback(before);
  if (!equal) {
    throw new JsonMmapError('ERR_PATCH_TEST_FAILED', `${placeName(path)} is not equal to the value of the test`);
  }
  writer.result(root.lo, root.hi);
}

/** A patch may hold anything. */
function shown(op: unknown): string {
  return typeof op === 'string' ? JSON.stringify(op.slice(0, 100)) : `of type ${op === null ? 'null' : typeof op}`;
}

function isPrefix(tokens: readonly string[], of: readonly string[]): boolean {
  return tokens.every((token, i) => token === of[i]);
}

function invalid(message: string): JsonMmapError {
  return new JsonMmapError('ERR_PATCH_INVALID', message);
}

function located(error: JsonMmapError, index: number): JsonMmapError {
  const Kind = error instanceof CopiesTooLarge ? CopiesTooLarge : JsonMmapError;
  return new Kind(error.code, `operation ${index} of the patch: ${error.message}`, { cause: error, index });
}
