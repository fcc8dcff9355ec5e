/** The log of a run, as text or as JSON. */

export interface RunLog {
  /** Something has happened. */
  note(message: string, details?: LogDetails): void;
  /** Reports an error after which the run continues. */
  fail(error: unknown): void;
  /** Reports a write of another process. There can be many, so they are dropped, and counted, while the log is not being read. */
  request(message: string, details: LogDetails): void;
}

export type LogDetails = Readonly<Record<string, unknown>>;
