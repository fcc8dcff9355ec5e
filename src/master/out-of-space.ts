/** What an edit met where a segment could not grow. */
import { errnoOf, JsonMmapError } from '../errors.js';
import { CopiesTooLarge } from '../format/write/copy-allowance.js';

/** Whether there was no room for an edit in its segment: there may be in another one. */
export function isOutOfSpace(error: unknown): boolean {
  if (!(error instanceof JsonMmapError) || error instanceof CopiesTooLarge) return false;
  return error.code === 'ERR_NO_SPACE' || error.code === 'ERR_TOO_LARGE';
}

/** Whether no file may be longer. The error of the system is the cause of ours, and one level deeper where an operation of a patch met it. */
export function isFileLimit(error: unknown): boolean {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  return errnoOf(cause) === 'EFBIG' || (cause !== undefined && isFileLimit(cause));
}
