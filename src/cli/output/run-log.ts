/** The log of `jsonmmap run` on standard error: a line for each event, with its time, for a person or as JSON. */
import { JsonMmapError } from '../../errors.js';
import type { LogDetails, RunLog } from '../../run/log.js';
import { exitCodeOf } from '../exit-codes.js';
import type { Io } from '../io.js';
import { safe } from './safe.js';
import { count, localTime } from './words.js';

export const LOG_FORMATS = ['text', 'json'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

interface Entry {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly cure?: string | undefined;
  readonly details?: LogDetails | undefined;
}

/** `lasting` is what to say below a fault that the run survives. */
export function runLog(io: Io, format: LogFormat, lasting: string): RunLog {
  const write = format === 'json' ? writeJson : writeText;
  const note = (message: string, details?: LogDetails): void => write(io, { level: 'info', message, details });
  let untold = 0;
  return {
    note,
    fail: (error) => write(io, { ...entryOf(error), cure: lasting }),
    request: (message, details) => {
      if (io.err.writableNeedDrain) {
        untold++;
        return;
      }
      if (untold > 0) note(`${count(untold, 'write')} of other processes not shown: the log is read too slowly`);
      untold = 0;
      note(message, details);
    },
  };
}

/** Tells what has ended a run, in a log of JSON; returns the exit code. */
export function failInJson(io: Io, error: JsonMmapError): number {
  const entry = entryOf(error);
  const exitCode = exitCodeOf(error.code);
  writeJson(io, { ...entry, details: { ...entry.details, exitCode } });
  return exitCode;
}

function entryOf(error: unknown): Entry {
  const level = 'error';
  if (error instanceof JsonMmapError)
    return { level, message: error.summary, cure: error.cure, details: { code: error.code } };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { level, message: `internal error, please report it: ${text}`, details: { code: 'ERR_INTERNAL' } };
}

function writeText(io: Io, { level, message, cure }: Entry): void {
  const time = io.paintNote('dim', localTime(Date.now()));
  io.note(`${time} ${io.paintNote(level === 'error' ? 'red' : 'cyan', 'jsonmmap:')} ${safe(message)}`);
  if (cure !== undefined)
    io.note(`${' '.repeat('2026-01-01 00:00:00 jsonmmap: '.length)}${io.paintNote('dim', safe(cure))}`);
}

function writeJson(io: Io, { level, message, cure, details }: Entry): void {
  io.note(JSON.stringify({ time: new Date().toISOString(), level, message, cure, ...details }));
}
