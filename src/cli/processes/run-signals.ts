/** Signals to `jsonmmap run`, and uncaught errors: in every case its followers are ended in order, or continue to run. */
import type { Run } from '../../run/run.js';
import { ExitCode } from '../exit-codes.js';

export interface RunSignals {
  /** Aborts at the first signal that ends the run. */
  readonly stopped: AbortSignal;
  /** What the signal that has ended the run says; undefined before. */
  readonly exitCode: ExitCode | undefined;
  /** Lets signals reach the run, also those that came while it started. */
  reach(run: Run): void;
  /** Signals do what they usually do again. */
  release(): void;
}

/**
 * SIGINT and SIGTERM end the followers and the run, and kill them the second time; SIGHUP reads the files again; SIGUSR2 restarts followers; SIGTSTP and SIGCONT,
 * by which a terminal stops a job and lets it go on, are passed on, because followers have a session of their own.
 */
export function runSignals(note: (message: string) => void, graceSeconds: number): RunSignals {
  const stopped = new AbortController();
  let exitCode: ExitCode | undefined;
  let run: Run | undefined;
  const early: ((run: Run) => void)[] = [];
  const whenThere = (act: (run: Run) => void): void => {
    if (run === undefined) early.push(act);
    else act(run);
  };
  const stop = (signal: NodeJS.Signals, code: ExitCode) => () => {
    const isFirst = exitCode === undefined;
    exitCode ??= code;
    note(isFirst ? `${signal}: ending, followers have ${graceSeconds} s` : `${signal} again: killing the followers`);
    whenThere((there) => there.stop());
    stopped.abort();
  };
  let isSuspended = false;
  const handlers: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGINT: stop('SIGINT', ExitCode.INTERRUPTED),
    SIGTERM: stop('SIGTERM', ExitCode.TERMINATED),
    SIGHUP: () => whenThere((there) => there.reload()),
    SIGUSR2: () => whenThere((there) => there.restart()),
    SIGTSTP: () => {
      isSuspended = true;
      run?.suspend();
      process.kill(process.pid, 'SIGSTOP');
    },
    // SIGCONT also comes after a SIGSTOP of this process alone; followers that were stopped by others stay stopped.
    SIGCONT: () => {
      if (isSuspended) run?.resume();
      isSuspended = false;
    },
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  const onError = (error: unknown): void => whenThere((there) => there.fail(error));
  return {
    stopped: stopped.signal,
    get exitCode() {
      return exitCode;
    },
    reach: (there) => {
      run = there;
      // Followers run from here on, and would be left alone.
      process.on('uncaughtException', onError);
      for (const act of early.splice(0)) act(there);
    },
    release: () => {
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
      process.off('uncaughtException', onError);
    },
  };
}
