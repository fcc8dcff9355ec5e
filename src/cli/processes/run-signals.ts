/** Signals to `jsonmmap run`, and uncaught errors: in every case its followers are ended in order, or continue to run. */
import type { Run } from '../../run/run.js';
import { ExitCode } from '../exit-codes.js';
import { type JobSignals, jobSignals, stopAndGo } from './job.js';

export interface RunSignals extends JobSignals<Run> {
  /** Aborts at the first signal that ends the run. */
  readonly stopped: AbortSignal;
  /** What the signal that has ended the run says; undefined before. */
  readonly exitCode: ExitCode | undefined;
}

/**
 * SIGINT and SIGTERM end the followers and the run, and kill them the second time; SIGHUP reads the files again; SIGUSR2 restarts followers; SIGTSTP and SIGCONT
 * are passed on, because followers have a session of their own.
 */
export function runSignals(note: (message: string) => void, graceSeconds: number): RunSignals {
  const stopped = new AbortController();
  let exitCode: ExitCode | undefined;
  const { reach, release } = jobSignals<Run>(({ whenThere, ifThere }) => {
    const stop = (signal: NodeJS.Signals, code: ExitCode) => () => {
      const isFirst = exitCode === undefined;
      exitCode ??= code;
      note(isFirst ? `${signal}: ending, followers have ${graceSeconds} s` : `${signal} again: killing the followers`);
      whenThere((there) => there.stop());
      stopped.abort();
    };
    return {
      SIGINT: stop('SIGINT', ExitCode.INTERRUPTED),
      SIGTERM: stop('SIGTERM', ExitCode.TERMINATED),
      SIGHUP: () => whenThere((there) => there.reload()),
      SIGUSR2: () => whenThere((there) => there.restart()),
      ...stopAndGo({
        suspend: () => ifThere((there) => there.suspend()),
        resume: () => ifThere((there) => there.resume()),
      }),
    };
  });
  return {
    stopped: stopped.signal,
    get exitCode() {
      return exitCode;
    },
    reach,
    release,
  };
}
