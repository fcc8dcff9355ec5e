/** What a run tells a person, or a machine that collects logs. */

export interface RunLog {
  /** Something has happened. */
  note(message: string, details?: LogDetails): void;
  /** Something is wrong, and the run goes on. */
  fail(error: unknown): void;
  /** A write of another process. There can be so many that they are told only as fast as the log takes them. */
  request(message: string, details: LogDetails): void;
}

export type LogDetails = Readonly<Record<string, unknown>>;
