/** What a value is, in a word, and how large. */
import { isArray, isContainer, isObject, isString } from '../../format/layout.js';
import type { Reader } from '../../format/read/reader.js';
import { readScalar } from '../../format/read/scalar.js';
import { count } from './words.js';

export type ValueKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** Returns what a slot holds. */
export function kindOf(reader: Reader, lo: number, hi: number): ValueKind {
  if (isObject(hi)) return 'object';
  if (isArray(hi)) return 'array';
  if (isString(hi)) return 'string';
  const value = readScalar(reader, lo, hi);
  return value === null ? 'null' : (typeof value as 'number' | 'boolean');
}

/** Returns how many entries a container slot has, such as "3 keys" or "200,000 elements"; undefined for a scalar. */
export function sizeText(reader: Reader, lo: number, hi: number): string | undefined {
  if (!isContainer(hi)) return undefined;
  return count(reader.sizeOf(lo, hi), isObject(hi) ? 'key' : 'element');
}
