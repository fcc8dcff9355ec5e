/** What the exit code of the command says. The one table: help, documentation and tests follow it. */
import type { CommandCode } from '../command-error.js';
import type { ErrorCode } from '../errors.js';

export const ExitCode = {
  OK: 0,
  FAILURE: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  LOCKED: 4,
  CORRUPT: 5,
  REFUSED: 6,
  DENIED: 7,
  NO_SPACE: 8,
  UNANSWERED: 9,
  TAKEN: 10,
  CONFLICT: 11,
  TIMED_OUT: 124,
  NOT_STARTED: 127,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const exitMeanings: ReadonlyMap<ExitCode, string> = new Map<ExitCode, string>([
  [ExitCode.OK, 'success; also if the reader of the output closed the pipe'],
  [ExitCode.FAILURE, 'an error without a code of its own, such as an error of the operating system'],
  [ExitCode.USAGE, 'unknown verb or option, bad argument, input that is missing, unreadable or malformed'],
  [
    ExitCode.NOT_FOUND,
    'no such region, no `run` that keeps it, no value at the pointer, or a version that is no longer kept',
  ],
  [ExitCode.LOCKED, 'another process is the master of the region'],
  [ExitCode.CORRUPT, 'the region, or an entry upstream, is damaged, or of another format version'],
  [ExitCode.REFUSED, 'the document does not pass its schema, or a test of the patch failed'],
  [ExitCode.DENIED, 'wrong owner, wrong mode or no permission'],
  [ExitCode.NO_SPACE, 'the file system is full, or a size limit is reached'],
  [ExitCode.UNANSWERED, 'the master of the region, or the upstream, does not answer: the write may or may not be done'],
  [ExitCode.TAKEN, 'the region was taken by another master, or removed, while this one held it'],
  [ExitCode.CONFLICT, 'another writer was first, so nothing was written: with `--if-version`, and upstream'],
  [ExitCode.TIMED_OUT, 'what `wait` waits for did not come in time'],
  [ExitCode.NOT_STARTED, 'the command of `run` or `exec` could not be started'],
  [ExitCode.INTERRUPTED, 'ended by Ctrl-C'],
  [ExitCode.TERMINATED, 'ended by SIGTERM'],
]);

/** Returns the exit code for an error of the library or of the command. */
export function exitCodeOf(code: ErrorCode | CommandCode): ExitCode {
  return EXIT_CODES[code] ?? ExitCode.FAILURE;
}

const EXIT_CODES: Partial<Record<ErrorCode | CommandCode, ExitCode>> = {
  ERR_INVALID_ARG: ExitCode.USAGE,
  ERR_INVALID_NAME: ExitCode.USAGE,
  ERR_PATH_INVALID: ExitCode.USAGE,
  ERR_PATCH_INVALID: ExitCode.USAGE,
  ERR_NOT_SERIALIZABLE: ExitCode.USAGE,
  ERR_DIRECTORY: ExitCode.USAGE,
  ERR_SOURCE: ExitCode.USAGE,
  ERR_FORMAT: ExitCode.USAGE,
  ERR_QUERY: ExitCode.USAGE,
  ERR_COMMAND: ExitCode.NOT_STARTED,
  ERR_WAIT_TIMEOUT: ExitCode.TIMED_OUT,
  ERR_REGION_NOT_FOUND: ExitCode.NOT_FOUND,
  ERR_NO_RUN: ExitCode.NOT_FOUND,
  ERR_PATH_NOT_FOUND: ExitCode.NOT_FOUND,
  ERR_VERSION_GONE: ExitCode.NOT_FOUND,
  ERR_REGION_LOCKED: ExitCode.LOCKED,
  ERR_TIMEOUT: ExitCode.LOCKED,
  ERR_FENCED: ExitCode.TAKEN,
  ERR_REGION_CORRUPT: ExitCode.CORRUPT,
  ERR_REGION_FORMAT: ExitCode.CORRUPT,
  ERR_SCHEMA: ExitCode.REFUSED,
  ERR_PATCH_TEST_FAILED: ExitCode.REFUSED,
  ERR_REGION_DENIED: ExitCode.DENIED,
  ERR_READ_ONLY: ExitCode.DENIED,
  ERR_NO_SPACE: ExitCode.NO_SPACE,
  ERR_TOO_LARGE: ExitCode.NO_SPACE,
  ERR_UNANSWERED: ExitCode.UNANSWERED,
  ERR_UPSTREAM: ExitCode.UNANSWERED,
  ERR_UPSTREAM_CLIENT: ExitCode.USAGE,
  ERR_CONFLICT: ExitCode.CONFLICT,
  ERR_UPSTREAM_CONFLICT: ExitCode.CONFLICT,
  ERR_UPSTREAM_INVALID: ExitCode.CORRUPT,
};
