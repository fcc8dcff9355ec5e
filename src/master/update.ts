/** Drafts: a recipe changes one through a library, and the parts that changed are written. */
import { create } from 'mutative';
import { JsonMmapError } from '../errors.js';
import type { Slot } from '../format/read/lookup.js';
import type { Writer } from '../format/write/writer.js';
import { applyEdits, editsBetween } from './plain-edits.js';
import { refusePromise } from './synchronous.js';

type Recipe = (draft: unknown) => unknown;

/**
 * Runs `recipe` on a draft of `current` and returns the edit that does the same to the tree; undefined when it changed nothing.
 * @throws what `recipe` throws; `ERR_INVALID_ARG` when there is nothing to draft, or it returns anything; `ERR_NOT_SERIALIZABLE` for what JSON cannot hold
 */
export function recordUpdate(
  current: unknown,
  recipe: Recipe,
): ((writer: Writer, root: Slot | undefined) => void) | undefined {
  if (typeof current !== 'object' || current === null) {
    throw new JsonMmapError(
      'ERR_INVALID_ARG',
      'the document is neither an object nor an array, so there is nothing to draft',
      { cure: 'use write()' },
    );
  }
  if (typeof recipe !== 'function')
    throw new JsonMmapError('ERR_INVALID_ARG', 'the recipe must be a function that changes its draft');
  const edits = editsBetween(current, drafted(current, recipe), true);
  return edits.length === 0 ? undefined : (writer, root) => applyEdits(writer, root, edits);
}

/** Returns what `recipe` makes of `current`, sharing with it all that did not change. */
function drafted(current: object, recipe: Recipe): unknown {
  try {
    return create(current, (draft: unknown) => checkReturned(recipe(draft)));
  } catch (error) {
    throw isStackOverflow(error) ? tooDeep(error) : error;
  }
}

/** The library follows drafts by recursion, in the recipe and after it. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack|recursion/i.test(error.message);
}

function tooDeep(cause: unknown): JsonMmapError {
  return new JsonMmapError(
    'ERR_NOT_SERIALIZABLE',
    'this update needs more stack than there is: the draft is nested too deeply or contains itself, or the recipe calls itself',
    { cause, cure: 'use set() or patch()' },
  );
}

function checkReturned(returned: unknown): void {
  refusePromise(returned, 'a recipe must be synchronous: await first, then update');
  if (returned === undefined) return;
  throw new JsonMmapError('ERR_INVALID_ARG', 'a recipe changes its draft and returns nothing', {
    cure: 'put braces around it, and use write() to replace the document',
  });
}
