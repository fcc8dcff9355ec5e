/** A value as one string, which has limits that documents do not have. */
import { JsonMmapError } from './errors.js';

/**
 * Runs `make`, which makes one text of a value.
 * @param purpose What for, as in "to be written as YAML".
 * @param cure What to do instead.
 * @throws `ERR_TOO_LARGE` where the value is nested beyond the machine's stack, or its text longer than the longest string
 */
export function asOneText(make: () => string, purpose: string, cure: string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `the value is too large, or nested too deeply, ${purpose}`;
    throw new JsonMmapError('ERR_TOO_LARGE', message, { cause: error, cure });
  }
}
