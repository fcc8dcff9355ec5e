/**
 * What JSON makes of a JavaScript value before it is written, one level at a time: `SerializeJSONProperty` of
 * https://tc39.es/ecma262/#sec-serializejsonproperty, without the text.
 */
import { types } from 'node:util';
import { JsonMmapError } from '../errors.js';

/** A value that JSON has: anything else has been converted, or is undefined, which JSON leaves out. */
export type JsonValue = null | boolean | number | string | object | undefined;

/**
 * Returns what JSON stores for `value`, the property `key` of its holder: `toJSON` called, boxes opened, NaN and infinities null;
 * undefined where JSON stores nothing. Objects and arrays come back as they are, to be read by the caller.
 * @throws `ERR_NOT_SERIALIZABLE` for a BigInt; whatever a `toJSON` or a getter throws.
 */
export function jsonValue(value: unknown, key: string | number): JsonValue {
  if (typeof value === 'object' ? value !== null : typeof value === 'function') {
    // Reflect.get looks a property up as fast in objects of a thousand forms as in those of one; `value.toJSON` takes eight times as long there.
    const toJson: unknown = Reflect.get(value as object, 'toJSON');
    return plainValue(typeof toJson === 'function' ? toJson.call(value, String(key)) : value);
  }
  if (typeof value === 'bigint') {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return plainValue(toJSON.call(value, String(key)));
  }
  return plainValue(value);
}

function plainValue(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : null; // -0 becomes 0
    case 'object':
      return value === null ? null : unboxed(value);
    case 'bigint':
      throw new JsonMmapError('ERR_NOT_SERIALIZABLE', 'JSON cannot hold a BigInt', {
        cure: 'convert it to a number or a string first',
      });
    default:
      return undefined;
  }
}

function unboxed(value: object): JsonValue {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) return value;
  if (types.isBoxedPrimitive(value)) {
    if (types.isNumberObject(value)) return plainValue(Number(value));
    if (types.isStringObject(value)) return String(value);
    if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
    if (types.isBigIntObject(value)) return plainValue(BigInt.prototype.valueOf.call(value));
  }
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean };
  if (isRawJSON?.(value)) return JSON.parse((value as { rawJSON: string }).rawJSON) as JsonValue;
  return value;
}
