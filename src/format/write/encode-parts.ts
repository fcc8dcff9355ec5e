/** What the recursive and the iterative encoder share: scalars, lengths of arrays, and the refusal of cycles. */
import { JsonMmapError } from '../../errors.js';
import { FALSE_LO, hiOf, NULL_LO, Tag, TRUE_LO } from '../layout.js';
import type { Writer } from './writer.js';

const HI_INTEGER = hiOf(Tag.INTEGER);
const HI_CONSTANT = hiOf(Tag.CONSTANT);

/** Writes a value that is no container. O(1), strings O(length). */
export function writeScalar(writer: Writer, value: null | boolean | number | string): void {
  if (typeof value === 'string') writer.strings.write(value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else writer.result(value === null ? NULL_LO : value ? TRUE_LO : FALSE_LO, HI_CONSTANT);
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

function writeNumber(writer: Writer, value: number): void {
  const integer = value | 0;
  if (integer === value && (integer !== 0 || 1 / value > 0)) {
    writer.result(integer, HI_INTEGER);
    return;
  }
  scratch[0] = value;
  writer.result(scratchWords[0], scratchWords[1]);
}

export function cycle(): JsonMmapError {
  return new JsonMmapError('ERR_NOT_SERIALIZABLE', 'JSON cannot hold a cycle: an object contains itself');
}

/** Returns the length of an array, which a proxy may say is anything: https://tc39.es/ecma262/#sec-lengthofarraylike */
export function lengthOf(source: { readonly length: unknown }): number {
  const { length } = source;
  if (typeof length === 'number' && length >>> 0 === length) return length;
  return Math.max(0, Math.min(Math.trunc(Number(length)) || 0, Number.MAX_SAFE_INTEGER));
}
