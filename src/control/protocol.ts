/**
 * What goes over a master's control socket: one request a connection, one answer, each a JSON text. Who asks ends its half of the connection after the
 * request, so no length or delimiter is needed.
 */

import type { ErrorCode } from '../errors.js';
import { JsonMmapError } from '../errors.js';

/** A write that the master is asked to do. */
export interface WriteRequest {
  readonly verb: 'write' | 'set' | 'delete' | 'patch' | 'merge';
  /** For `set` and `delete`: a JSON pointer. */
  readonly path?: string;
  /** For all but `delete`. */
  readonly value?: unknown;
}

/** The version at which the write is visible, or why it was refused. */
export type WriteAnswer =
  | { readonly version: number }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly issues?: unknown } };

const VERBS = new Set(['write', 'set', 'delete', 'patch', 'merge']);

/** @throws `ERR_INVALID_ARG` for a text that is no request */
export function parseRequest(text: string): WriteRequest {
  const request = parsed(text) as Partial<WriteRequest> | null;
  if (typeof request !== 'object' || request === null || !VERBS.has(request.verb as string))
    throw malformed('it names no known verb');
  const { verb, path, value } = request as WriteRequest;
  if ((verb === 'set' || verb === 'delete') && typeof path !== 'string') throw malformed(`${verb} needs a path`);
  if (verb !== 'delete' && value === undefined) throw malformed(`${verb} needs a value`);
  return request as WriteRequest;
}

/** Returns the version of an answer. @throws the error that it carries, as the master threw it */
export function versionOf(text: string): number {
  const answer = parsed(text) as WriteAnswer;
  if ('version' in answer) return answer.version;
  const { code, message, issues } = answer.error;
  throw new JsonMmapError(code, message, issues === undefined ? undefined : { issues });
}

export function errorAnswer(error: unknown): WriteAnswer {
  if (!(error instanceof JsonMmapError)) throw error;
  const { issues } = error as { issues?: unknown };
  return { error: { code: error.code, message: error.message, ...(issues !== undefined && { issues }) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

function malformed(reason: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', `that is no message of a control socket: ${reason}`);
}
