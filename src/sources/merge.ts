/** RFC 7396 on plain values: how several files become one document. Nested objects wait in a list, so depth costs heap and not stack. */
import { setOwn } from '../format/read/construct.js';

type JsonObject = Record<string, unknown>;

/** Merges `patch` into `target`, and returns what came of it. Takes both over: they are changed. O(size of the patch). */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const document = isObject(target) ? target : {};
  const waiting: [target: JsonObject, patch: JsonObject][] = [[document, patch]];
  for (const [into, from] of waiting) {
    for (const key of Object.keys(from)) {
      const value = from[key];
      if (value === null) delete into[key];
      else if (!isObject(value)) setOwn(into, key, value);
      else waiting.push([objectAt(into, key), value]);
    }
  }
  return document;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object at `key`, which is made where there is none. */
function objectAt(into: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(into, key) ? into[key] : undefined;
  if (isObject(value)) return value;
  const made = {};
  setOwn(into, key, made);
  return made;
}
