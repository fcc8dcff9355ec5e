/** What a task of a run has come to, as its answer carries it. Nothing of an answer is believed that was not checked. */
import type { Origin } from './origins.js';
import type { Replacement } from './supervisor.js';

/** Undefined members do not apply, or are not known yet: of a task that nobody waits for, all. */
export interface TaskResult {
  /** The version that is published then. */
  readonly version?: number | undefined;
  /** The version before. */
  readonly previousVersion?: number | undefined;
  /** Of a restart. */
  readonly followers?: readonly Replacement[] | undefined;
  /** Of `origins`: those of the values at its path. */
  readonly origins?: readonly Origin[] | undefined;
  /** Why it was not done. */
  readonly error?: { readonly code: string; readonly message: string; readonly cure?: string | undefined } | undefined;
}

/** Whether an answer is what a run says. */
export function isTaskResult(answer: object): answer is TaskResult {
  const { version, previousVersion, followers, origins, error } = answer as Record<string, unknown>;
  return (
    [version, previousVersion].every((number) => number === undefined || isCount(number)) &&
    (followers === undefined || (Array.isArray(followers) && followers.every(isReplacement))) &&
    (origins === undefined || (Array.isArray(origins) && origins.every(isOrigin))) &&
    (error === undefined || isError(error))
  );
}

function isReplacement(value: unknown): boolean {
  const { worker, pid, ready } = (value ?? {}) as Record<string, unknown>;
  return isCount(worker) && (pid === undefined || isCount(pid)) && typeof ready === 'boolean';
}

function isOrigin(value: unknown): boolean {
  const { path, origin } = (value ?? {}) as Record<string, unknown>;
  return typeof path === 'string' && /^(\/|$)/.test(path) && (origin === null || typeof origin === 'string');
}

function isError(value: unknown): boolean {
  const { code, message, cure = '' } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof code === 'string' && /^ERR_\w+$/.test(code) && [message, cure].every((text) => typeof text === 'string')
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
