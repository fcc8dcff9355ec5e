/** Answers of a master: made of the outcome of a write, and checked before they are believed. */
import type { ErrorCode } from '../errors.js';
import { JsonMmapError } from '../errors.js';
import { ISSUES_MAX, MESSAGE_MAX_CHARACTERS } from './limits.js';
import { type Issue, isVersion, otherProtocol, PROTOCOL } from './protocol.js';
import { isReport, type MasterReport } from './report.js';

/** What a request can end in. */
const CODES: ReadonlySet<unknown> = new Set<ErrorCode>([
  'ERR_INVALID_ARG',
  'ERR_REGION_NOT_FOUND',
  'ERR_REGION_CORRUPT',
  'ERR_REGION_FORMAT',
  'ERR_REGION_DENIED',
  'ERR_DIRECTORY',
  'ERR_TIMEOUT',
  'ERR_UNSUPPORTED',
  'ERR_SYSTEM',
  'ERR_NOT_SERIALIZABLE',
  'ERR_PATH_INVALID',
  'ERR_PATH_NOT_FOUND',
  'ERR_PATCH_INVALID',
  'ERR_PATCH_TEST_FAILED',
  'ERR_SCHEMA',
  'ERR_NO_SPACE',
  'ERR_TOO_LARGE',
  'ERR_BUSY',
  'ERR_FENCED',
  'ERR_CONFLICT',
  'ERR_CLOSED',
  'ERR_REQUEST',
  'ERR_UNANSWERED',
  'ERR_UPSTREAM',
  'ERR_UPSTREAM_CONFLICT',
  'ERR_UPSTREAM_INVALID',
  'ERR_VERSION_GONE',
]);

/** The version at which the write is visible, what was asked for, what a task has come to, or why it was refused. */
type Answer = { readonly protocol: typeof PROTOCOL } & (
  | { readonly version: number }
  | { readonly report: MasterReport }
  | { readonly result: object }
  | {
      readonly error: {
        readonly code: ErrorCode;
        /** What failed. */
        readonly message: string;
        /** What to do. */
        readonly cure?: string | undefined;
        readonly issues?: readonly Issue[] | undefined;
        /** Of `ERR_CONFLICT`: the newest version, and the one that was expected. */
        readonly version?: number | undefined;
        readonly expected?: number | undefined;
      };
    }
);

/** What a request has come to. */
export type Outcome = { version: number } | { report: MasterReport } | { result: object } | { error: JsonMmapError };

/** The text of an answer; nothing that `error` holds can keep it from being made. */
export function answerText(outcome: Outcome): string {
  if (!('error' in outcome)) return JSON.stringify({ protocol: PROTOCOL, ...outcome } satisfies Answer);
  const { code, summary, cure } = outcome.error;
  const error = {
    code: code as ErrorCode,
    message: summary.slice(0, MESSAGE_MAX_CHARACTERS),
    cure: cure?.slice(0, MESSAGE_MAX_CHARACTERS),
    issues: issuesOf(outcome.error),
    ...versionsOf(outcome.error),
  };
  return JSON.stringify({ protocol: PROTOCOL, error } satisfies Answer);
}

/** Whatever was thrown, as an error that can be an answer: code of the user, a schema for one, may throw anything. */
export function answerable(thrown: unknown): JsonMmapError {
  if (thrown instanceof JsonMmapError && CODES.has(thrown.code)) return thrown;
  return new JsonMmapError(
    'ERR_REQUEST',
    `the write failed in the master, and nothing has changed: ${described(thrown)}`,
    {
      cause: thrown,
    },
  );
}

/** Returns the version of an answer. @throws the error that it carries, as the master threw it; `ERR_REQUEST` for what is no answer */
export function versionOf(text: string): number {
  const { version, error } = answerOf(text);
  if (isVersion(version)) return version;
  throw errorOf(error);
}

/** Returns the report of an answer. @throws as `versionOf` */
export function reportOf(text: string): MasterReport {
  const { report, error } = answerOf(text);
  if (isReport(report)) return report;
  throw errorOf(error);
}

/** Returns what a task has come to, which the program of the master and the one that asks agree on. @throws as `versionOf` */
export function resultOf(text: string): object {
  const { result, error } = answerOf(text);
  if (typeof result === 'object' && result !== null) return result;
  throw errorOf(error);
}

/** An answer that is an object, and nothing of which is believed yet. */
interface Unchecked {
  readonly version?: unknown;
  readonly report?: unknown;
  readonly result?: unknown;
  readonly error?: Record<string, unknown>;
}

function answerOf(text: string): Unchecked {
  const answer = parsed(text);
  if (answer?.protocol !== PROTOCOL) throw otherProtocol(answer?.protocol);
  return answer as Unchecked;
}

function errorOf(error: Record<string, unknown> | undefined): JsonMmapError {
  const { code, message, cure, issues } = error ?? {};
  if (!CODES.has(code) || !isText(message) || !(cure === undefined || isText(cure))) return noAnswer();
  if (issues !== undefined && !(Array.isArray(issues) && issues.every(isIssue))) return noAnswer();
  return new JsonMmapError(code as ErrorCode, message, { cure, issues, ...versionsOf(error as object) });
}

/** What a conflict says for programs; nothing where it says anything else. */
function versionsOf(error: object): { version: number; expected: number } | undefined {
  const { version, expected } = error as { version?: unknown; expected?: unknown };
  return isVersion(version) && isVersion(expected) ? { version, expected } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MESSAGE_MAX_CHARACTERS;
}

function described(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'a value was thrown that has no text'; // its own conversion to a string throws
  }
}

function issuesOf(error: JsonMmapError): Issue[] | undefined {
  const { issues } = error as { issues?: unknown };
  if (!Array.isArray(issues)) return undefined;
  return issues.slice(0, ISSUES_MAX).map(issueOf);
}

/** Plain data of what a schema library made, whose objects may hold anything. */
function issueOf(issue: unknown): Issue {
  try {
    const { message, path } = issue as { message?: unknown; path?: unknown };
    const text = String(message).slice(0, MESSAGE_MAX_CHARACTERS / ISSUES_MAX);
    return { message: text, ...(Array.isArray(path) && { path: path.slice(0, ISSUES_MAX).map(tokenOf) }) };
  } catch (error) {
    return { message: described(error) };
  }
}

function tokenOf(part: unknown): string | number {
  const key = typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
  return typeof key === 'number' ? key : String(key).slice(0, MESSAGE_MAX_CHARACTERS / ISSUES_MAX);
}

function isIssue(issue: unknown): issue is Issue {
  const { message, path = [] } = (issue ?? {}) as { message?: unknown; path?: unknown };
  return (
    typeof message === 'string' && Array.isArray(path) && path.every((part) => /^(string|number)$/.test(typeof part))
  );
}

function parsed(text: string): { protocol?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    throw noAnswer();
  }
}

function noAnswer(): JsonMmapError {
  return new JsonMmapError(
    'ERR_REQUEST',
    'what came back over the control socket is no answer of a master, so whether the write is done is not known',
    { cure: 'look whether it is there' },
  );
}
