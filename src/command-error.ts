/** Faults that only the command meets: no function of the library reads a file of a user or starts a program. */
import { type ErrorCode, JsonMmapError } from './errors.js';

export type CommandCode =
  | 'ERR_SOURCE' // a file or text that holds no document: missing, unreadable or malformed
  | 'ERR_COMMAND'; // a program that cannot be started

/** An error with a code of the command, handled wherever one of the library is. */
export class CommandError extends JsonMmapError {
  constructor(code: CommandCode, message: string, details?: { cause?: unknown } & Record<string, unknown>) {
    // `ErrorCode` says what users of the library can meet, so it leaves these out; users of the command read them in its JSON.
    super(code as string as ErrorCode, message, details);
  }
}
