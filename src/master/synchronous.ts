/** Writes are synchronous: a callback that returns a promise is refused. */
import { JsonMmapError } from '../errors.js';

/** @throws `ERR_INVALID_ARG` with `message` when `value` is a promise; its outcome is ignored */
export function refusePromise(value: unknown, message: string): void {
  if (typeof (value as PromiseLike<unknown> | null | undefined)?.then !== 'function') return;
  Promise.resolve(value).catch(() => {});
  throw new JsonMmapError('ERR_INVALID_ARG', message);
}
