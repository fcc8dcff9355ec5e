/** Values before they are written. */
import { JsonMmapError } from '../errors.js';
import { type JsonValue, jsonValue } from '../format/json-value.js';
import type { Slot } from '../format/read/lookup.js';
import { encodeJson } from '../format/write/encode.js';
import { reconcile } from '../format/write/reconcile.js';
import type { Writer } from '../format/write/writer.js';

/**
 * Returns what JSON makes of `value`.
 * @throws `ERR_NOT_SERIALIZABLE` for undefined, functions, symbols and BigInts
 */
export function required(value: unknown, key = ''): JsonValue {
  const json = jsonValue(value, key);
  if (json !== undefined) return json;
  const what = value === undefined ? 'undefined' : `a ${typeof value}`;
  throw new JsonMmapError('ERR_NOT_SERIALIZABLE', `JSON cannot hold ${what}`, {
    cure: `write null, or delete the entry`,
  });
}

/** Writes `value` as the whole document, reusing what is equal in the old one. */
export function writeRoot(writer: Writer, root: Slot | undefined, value: JsonValue): void {
  if (root === undefined) encodeJson(writer, value);
  else reconcile(writer, value, root.lo, root.hi);
}
