/** Signals to `jsonmmap exec`: the program decides what they mean. */
import type { Program } from './program.js';

export interface PassedSignals {
  /** Lets signals reach the program, also those that came while it started. */
  reach(program: Program): void;
  /** Signals do what they usually do again. */
  release(): void;
}

/** What ends a program that does nothing about it. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
const OTHERS: readonly NodeJS.Signals[] = ['SIGUSR1', 'SIGUSR2', 'SIGWINCH'];

/** Passes signals on to the program, which has a session of its own; SIGTSTP and SIGCONT, by which a terminal stops a job and lets it go on, too. */
export function passSignals(): PassedSignals {
  let program: Program | undefined;
  const early: ((program: Program) => void)[] = [];
  const passing = (act: (program: Program) => void) => () => {
    if (program === undefined) early.push(act);
    else act(program);
  };
  let isSuspended = false;
  const handlers: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGTSTP: () => {
      isSuspended = true;
      program?.signal('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    },
    // SIGCONT also comes after a SIGSTOP of this process alone.
    SIGCONT: () => {
      if (isSuspended) program?.signal('SIGCONT');
      isSuspended = false;
    },
  };
  for (const signal of ENDING) handlers[signal] = passing((there) => there.stop(signal));
  for (const signal of OTHERS) handlers[signal] = passing((there) => there.signal(signal));
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  const onError = (error: unknown): void => program?.fail(error);
  return {
    reach: (there) => {
      program = there;
      // It runs from here on, and would be left alone.
      process.on('uncaughtException', onError);
      for (const act of early.splice(0)) act(there);
    },
    release: () => {
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
      process.off('uncaughtException', onError);
    },
  };
}
