/** What goes wrong with an upstream, in words. */
import { JsonMmapError } from '../errors.js';

/** The servers cannot be reached, or refuse. */
export function upstreamError(doing: string, cause: unknown): JsonMmapError {
  if (cause instanceof JsonMmapError) return cause;
  return new JsonMmapError('ERR_UPSTREAM', `could not ${doing}: ${reasonOf(cause)}`, { cause });
}

/** Runs `call`, and gives what the client of an engine throws its code; `doing` completes "could not …". */
export async function asking<R>(doing: string, call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw upstreamError(doing, error);
  }
}

/** Another writer was first. `sequence` is the revision that won, where it is known. */
export function conflict(after: number, sequence?: number): JsonMmapError {
  const won = sequence === undefined ? 'another revision' : `revision ${sequence}`;
  const expected = after === 0 ? 'an empty log' : `revision ${after}`;
  return new JsonMmapError(
    'ERR_UPSTREAM_CONFLICT',
    `nothing was written: ${won} is the newest, and ${expected} was expected`,
    { sequence, expected: after, cure: 'read it and write again' },
  );
}

/** Whether an append has happened is not known. */
export function unknownOutcome(cause: unknown): JsonMmapError {
  return new JsonMmapError(
    'ERR_UNANSWERED',
    `the upstream has not confirmed the entry, which may have been appended: ${reasonOf(cause)}`,
    { cause },
  );
}

/** The log was not read as a whole: a replica is behind the others, or it was trimmed meanwhile. Reading again helps, and `isBehind` tells. */
export function behind(message: string): JsonMmapError {
  return new JsonMmapError('ERR_UPSTREAM', message, { behind: true });
}

export function isBehind(error: unknown): boolean {
  return error instanceof JsonMmapError && 'behind' in error;
}

/** Bytes of an upstream that nobody of ours wrote, or that were changed on the way. */
export function invalid(what: string, reason: string): JsonMmapError {
  return new JsonMmapError('ERR_UPSTREAM_INVALID', `${what} is refused: ${reason}`);
}

export function notThere(what: string, cure: string): JsonMmapError {
  return new JsonMmapError('ERR_UPSTREAM', `${what} does not exist`, { missing: true, cure });
}

/** What an error says, with the names of hosts and ports that only its causes have. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' && !message.includes(cause.message)
    ? `${message} (${reasonOf(cause)})`
    : message || error.name;
}
