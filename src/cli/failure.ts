/** How the command fails: one message that says what and why, one line that says what to do, one exit code. */
import { CommandError } from '../command-error.js';
import { JsonMmapError, JsonMmapTypeError } from '../errors.js';
import { ExitCode, exitCodeOf } from './exit-codes.js';
import type { Io } from './io.js';
import { safe, safeLines } from './output/safe.js';

/** Tells what went wrong, on standard error; as JSON where `json` was asked for. Returns the exit code. */
export function fail(io: Io, error: unknown, json: boolean): ExitCode {
  if (!(error instanceof JsonMmapError || error instanceof JsonMmapTypeError)) return failInternally(io, error, json);
  const exitCode = exitCodeOf(error.code);
  const { code, summary: message, cure } = error;
  const { version, expected } = error as { version?: unknown; expected?: unknown };
  if (json) noteJson(io, { code, message, cure, exitCode, ...(code === 'ERR_CONFLICT' && { version, expected }) });
  else complain(io, message, cure);
  return exitCode;
}

/** Writes a message, and below it what to do. */
export function complain(io: Io, message: string, cure?: string): void {
  io.note(`${io.paintNote('red', 'jsonmmap:')} ${safe(message)}`);
  if (cure !== undefined) io.note(`          ${io.paintNote('dim', safe(cure))}`);
}

/** Returns `error` with a line that says what to do at the command line. */
export function withCure(error: JsonMmapError, cure: string): JsonMmapError {
  return new CommandError(error.code, error.summary, { cause: error, cure });
}

/** Reports a bug of jsonmmap, with the stack. */
function failInternally(io: Io, error: unknown, json: boolean): ExitCode {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) noteJson(io, { code: INTERNAL, message: text, cure: REPORT, exitCode: ExitCode.FAILURE });
  else io.note(`${io.paintNote('red', 'jsonmmap:')} internal error, please report it: ${safeLines(text)}`);
  return ExitCode.FAILURE;
}

const INTERNAL = 'ERR_INTERNAL';
const REPORT = 'this is a bug of jsonmmap: please report it';

function noteJson(
  io: Io,
  error: { code: string; message: string; cure: string | undefined; exitCode: ExitCode } & Record<string, unknown>,
): void {
  io.note(safe(JSON.stringify({ error })));
}
