import { JsonMmapError } from '../errors.js';

/** The error for bytes that no master of ours wrote; its `reason` is `what`. */
export function corrupt(what: string): JsonMmapError {
  return new JsonMmapError('ERR_REGION_CORRUPT', `the region is corrupt: ${what}`, {
    reason: what,
    cure: `remove it and let its master publish again`,
  });
}
