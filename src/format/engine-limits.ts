/** What a JavaScript engine holds in one value. Node.js, whose limits are the lowest, ends the process or goes on forever beyond some of them. */
import { JsonMmapError } from '../errors.js';

/**
 * Elements of an array that is built one after the other, with all that are under way around it. V8 ends the process where a backing store of more
 * than 2^27 slots is asked for (`FixedArray::kMaxLength`), and it grows by half: 115 million are too many.
 */
export const ELEMENTS_MAX = 100_000_000;

/** Entries of a list of keys: no `Map` or `Set` of V8 holds more. */
export const ENTRIES_MAX = 2 ** 24 - 1;

/** Keys of an object that is made: V8 makes one of twelve million in no useful time. */
export const OBJECT_KEYS_MAX = 2 ** 23;

/** The error for a value that the format can hold and the engine cannot. */
export function tooLarge(what: string, most: number): JsonMmapError {
  return new JsonMmapError('ERR_TOO_LARGE', `${what} is more than JavaScript can hold as one value, ${most}`, {
    cure: `read its parts by their paths`,
  });
}
