/** What NATS sends, and what its errors mean. */
import type { StoredMsg } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import type { EngineListener, StoredEntry } from '../contract.js';

/** https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const STREAM_NOT_FOUND = 10059;
const WRONG_LAST_SEQUENCE = 10071;

const SEQUENCE = /^\d{1,15}$/;

export function storedOf({ seq, data }: StoredMsg): StoredEntry {
  return { sequence: seq, bytes: data };
}

/**
 * Returns what was read up to the first answer without an entry. Each answer can come from another replica: one that is behind has no entry
 * where a later answer has one, and what comes behind such a gap would look like another history.
 */
export function unbroken(read: readonly (StoredEntry | undefined)[]): StoredEntry[] {
  const gap = read.indexOf(undefined);
  return (gap < 0 ? read : read.slice(0, gap)) as StoredEntry[];
}

/** Tells the listener what a republished message says; what is none of ours says nothing. */
export function hear(message: Msg, subjects: { log: string; proof: string }, listener: EngineListener): void {
  const [subject, sequence] = ['Nats-Subject', 'Nats-Sequence'].map((name) => message.headers?.get(name) ?? '');
  if (!SEQUENCE.test(sequence)) return;
  if (subject === subjects.log) listener.entry({ sequence: Number(sequence), bytes: message.data });
  const newest = subject === subjects.proof ? message.string() : '';
  if (SEQUENCE.test(newest)) listener.proof(Number(newest));
}

export function isMissing(error: unknown): boolean {
  return apiCode(error) === STREAM_NOT_FOUND || isNoResponder(error);
}

export function isConflict(error: unknown): boolean {
  return apiCode(error) === WRONG_LAST_SEQUENCE;
}

/** Whether a server has answered that it does not do it, or nobody was there to ask. */
export function isRefusal(error: unknown): boolean {
  const { name } = error as Error;
  return apiCode(error) !== undefined || isNoResponder(error) || name === 'PermissionViolationError';
}

/** Where no stream takes a subject, or nobody answers for one, the server says so at once. */
function isNoResponder(error: unknown): boolean {
  const { name, cause } = error as Error;
  if (name === 'NoRespondersError' || name === 'JetStreamNotEnabled') return true;
  return cause !== undefined && isNoResponder(cause);
}

function apiCode(error: unknown): number | undefined {
  const { name, code } = error as { name?: unknown; code?: unknown };
  const isOfApi = name === 'JetStreamApiError' || name === 'StreamNotFoundError';
  return isOfApi && typeof code === 'number' ? code : undefined;
}
