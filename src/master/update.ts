/** Drafts: a library records what a recipe does to one, and only that is written. */
import { create } from 'mutative';
import { JsonMmapError } from '../errors.js';
import { type JsonValue, jsonValue } from '../format/json-value.js';
import { isArray } from '../format/layout.js';
import { type Slot, slotAt } from '../format/read/lookup.js';
import { addAt, deleteAt, setAt } from '../format/write/edit.js';
import { encodeJson } from '../format/write/encode.js';
import type { Writer } from '../format/write/writer.js';
import { refusePromise } from './synchronous.js';
import { required, writeRoot } from './value.js';

type Recipe = (draft: unknown) => unknown;

interface DraftPatch {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
}

/**
 * Runs `recipe` on a draft of `current` and returns the edit that does the same to the tree; undefined when it changed nothing.
 * @throws what `recipe` throws; `ERR_INVALID_ARG` when there is nothing to draft, or it returns a promise
 */
export function recordUpdate(
  current: unknown,
  recipe: Recipe,
): ((writer: Writer, root: Slot | undefined) => void) | undefined {
  if (typeof current !== 'object' || current === null) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'only an object or an array can be drafted: write the document instead');
  }
  const patches = recorded(current, recipe);
  if (patches.length === 0) return undefined;
  return (writer, root) => {
    if (root !== undefined) writer.result(root.lo, root.hi);
    for (const patch of patches) applyDraftPatch(writer, { lo: writer.lo, hi: writer.hi }, patch);
  };
}

function recorded(current: object, recipe: Recipe): readonly DraftPatch[] {
  const body = (draft: unknown): void => {
    const returned = recipe(draft);
    refusePromise(returned, 'a recipe must be synchronous: await first, then update');
    if (returned === undefined) return;
    throw new JsonMmapError(
      'ERR_INVALID_ARG',
      'a recipe changes its draft and returns nothing: put braces around it, and use write() to replace the document',
    );
  };
  const [, patches] = create(current, body, { enablePatches: { pathAsArray: true, arrayLengthAssignment: false } });
  return patches as unknown as readonly DraftPatch[];
}

function applyDraftPatch(writer: Writer, root: Slot, { op, path, value }: DraftPatch): void {
  const tokens = path.map(String);
  const json = op === 'remove' ? undefined : storedAs(value, tokens, writer, root);
  if (tokens.length === 0) {
    writeRoot(writer, root, required(json));
  } else if (json === undefined) {
    if (slotAt(writer.reader, root, tokens) !== undefined) deleteAt(writer, root, tokens);
    else writer.result(root.lo, root.hi);
  } else if (op === 'replace') {
    setAt(writer, root, tokens, json);
  } else {
    encodeJson(writer, json);
    addAt(writer, root, tokens, { lo: writer.lo, hi: writer.hi });
  }
}

/** What JSON stores for a value that a recipe assigned: undefined is null in an array, and nothing in an object. */
function storedAs(value: unknown, tokens: readonly string[], writer: Writer, root: Slot): JsonValue {
  const json = jsonValue(value, tokens.at(-1) ?? '');
  if (json !== undefined) return json;
  const parent = slotAt(writer.reader, root, tokens.slice(0, -1));
  return parent !== undefined && isArray(parent.hi) ? null : undefined;
}
