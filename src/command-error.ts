/** Errors in the words of the command: of what only it meets, and of the library, told to somebody at a shell. */
import { type ErrorCode, JsonMmapError } from './errors.js';

export type CommandCode =
  | 'ERR_NO_RUN' // no `jsonmmap run` keeps the region, or it takes no requests
  | 'ERR_NOT_READY' // followers that were restarted, and do not read the region yet
  | 'ERR_WAIT_TIMEOUT' // a state of a region that did not come in time
  | 'ERR_SOURCE' // a file or text that holds no document: missing, unreadable or malformed
  | 'ERR_FORMAT' // a value that the format which was asked for cannot hold
  | 'ERR_QUERY' // an expression that is not JSONPath, or takes more than a query may
  | 'ERR_COMMAND' // a program that cannot be started
  | 'ERR_EDITOR'; // an editor that cannot be started, fails or is killed

/** An error whose summary and cure speak of verbs and options, so it is shown unchanged. */
export class CommandError extends JsonMmapError {
  constructor(
    code: CommandCode | ErrorCode,
    summary: string,
    details?: { cause?: unknown; cure?: string | undefined } & Record<string, unknown>,
  ) {
    // `ErrorCode` says what users of the library can meet, so it leaves out the codes of the command; users of the command read them in its JSON.
    super(code as ErrorCode, summary, details);
  }
}
