/** RFC 7396 on plain values: how several files become one document. */
import { setOwn } from '../format/read/construct.js';

/** Returns `target` with `patch` merged into it; neither is changed. O(size of both where they overlap). */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = {};
  const base = isObject(target) ? target : {};
  for (const key of Object.keys(base))
    if (!Object.hasOwn(patch, key)) setOwn(result, key, base[key]);
    else if (patch[key] !== null) setOwn(result, key, merged(base[key], patch[key]));
  for (const key of Object.keys(patch)) {
    if (!Object.hasOwn(base, key) && patch[key] !== null) setOwn(result, key, merged(undefined, patch[key]));
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
