/** A patch that applies only if the values that it changes are unchanged: each of them is tested first. */
import type { JsonPatch, JsonPatchOperation } from '../../format/compare/json-patch.js';
import { type Path, tokensOf } from '../../format/pointer.js';

/** Returns `patch`, made against `base`, with a `test` of each value that it replaces or removes, and of each array in which it moves elements. */
export function guarded(patch: JsonPatch, base: unknown): JsonPatch {
  const tests = new Map<string, JsonPatchOperation>();
  for (const operation of patch) {
    const path = guardedPath(operation.path, base);
    const value = valueAt(base, tokensOf(path as Path));
    if (value !== undefined) tests.set(path, { op: 'test', path, value });
  }
  return [...tests.values(), ...patch];
}

/** The place itself, or the outermost array on the way to it: what another writer does there shifts the indexes. */
function guardedPath(path: string, base: unknown): string {
  const tokens = tokensOf(path as Path);
  for (let length = 0; length < tokens.length; length++) {
    if (Array.isArray(valueAt(base, tokens.slice(0, length))))
      return path
        .split('/')
        .slice(0, length + 1)
        .join('/');
  }
  return path;
}

function valueAt(base: unknown, tokens: readonly string[]): unknown {
  let value = base;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}
