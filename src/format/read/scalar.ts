/** Values that are no containers. */
import { corrupt } from '../corrupt.js';
import { FALSE_LO, isTagged, NULL_LO, Tag, TRUE_LO, tagOf } from '../layout.js';
import type { Reader } from './reader.js';
import { readString } from './strings.js';

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** Returns the value of a slot that is no container. O(1), strings O(length). @throws `ERR_REGION_CORRUPT` */
export function readScalar(reader: Reader, lo: number, hi: number): unknown {
  if (!isTagged(hi)) {
    scratchWords[0] = lo;
    scratchWords[1] = hi;
    if (!Number.isFinite(scratch[0])) throw corrupt('a number is not finite');
    return scratch[0];
  }
  const tag = tagOf(hi);
  if (tag === Tag.INTEGER) return lo;
  if (tag === Tag.CONSTANT) return constantOf(lo);
  return readString(reader.segment, lo, hi);
}

/** Returns the constant that a slot with this low word is. @throws `ERR_REGION_CORRUPT` */
export function constantOf(lo: number): null | boolean {
  if (lo === TRUE_LO) return true;
  if (lo === FALSE_LO) return false;
  if (lo === NULL_LO) return null;
  throw corrupt('a constant is unknown');
}
