/** Signals to `jsonmmap run`, and uncaught errors: in every case its followers are ended in order, or continue to run. */
import type { Run } from '../../run/run.js';
import { ExitCode } from '../exit-codes.js';
import { PassedSignals } from './passed-signals.js';

export interface RunSignals {
  /** Aborts at the first signal that ends the run. */
  readonly stopped: AbortSignal;
  /** The exit code for the signal that has ended the run; undefined before. */
  readonly exitCode: ExitCode | undefined;
  /** Lets signals reach the run, including those that came while it started. */
  reach(run: Run): void;
  /** Gives signals their usual effect again. */
  release(): void;
}

/**
 * SIGINT and SIGTERM end the followers and the run; the second one kills the followers. SIGHUP reads the files again, and SIGUSR2 restarts the followers.
 * Job control is passed on, because followers have sessions of their own.
 */
export function runSignals(note: (message: string) => void, graceSeconds: number): RunSignals {
  const stopped = new AbortController();
  const signals = new PassedSignals<Run>();
  let exitCode: ExitCode | undefined;
  const stop = (signal: NodeJS.Signals, code: ExitCode): void => {
    const isFirst = exitCode === undefined;
    exitCode ??= code;
    note(isFirst ? `${signal}: ending, followers have ${graceSeconds} s` : `${signal} again: killing the followers`);
    signals.pass((run) => run.stop());
    stopped.abort();
  };
  signals.on('SIGINT', () => stop('SIGINT', ExitCode.INTERRUPTED));
  signals.on('SIGTERM', () => stop('SIGTERM', ExitCode.TERMINATED));
  signals.on('SIGHUP', () => signals.pass((run) => run.reload()));
  signals.on('SIGUSR2', () => signals.pass((run) => run.restart()));
  signals.passJobControl();
  return {
    stopped: stopped.signal,
    get exitCode() {
      return exitCode;
    },
    reach: (run) => signals.reach(run),
    release: () => signals.release(),
  };
}
