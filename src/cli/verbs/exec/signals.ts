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
/** A terminal sends these to its whole job, the program included. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/**
 * Passes signals on to the program. Outside a terminal it has a session of its own, so SIGTSTP and SIGCONT, by which a job is stopped and goes on, are passed on as well; in a terminal, both
 * stop with the job.
 */
export function passSignals(inTerminal: boolean): PassedSignals {
  let program: Program | undefined;
  const early: ((program: Program) => void)[] = [];
  const passing = (act: (program: Program) => void) => () => {
    if (program === undefined) early.push(act);
    else act(program);
  };
  const handlers: Partial<Record<NodeJS.Signals, () => void>> = inTerminal ? {} : jobControl(() => program);
  const isSent = (signal: NodeJS.Signals): boolean => inTerminal && OF_TERMINAL.includes(signal);
  for (const signal of ENDING) handlers[signal] = passing((there) => there.stop(signal, { isSent: isSent(signal) }));
  for (const signal of OTHERS.filter((other) => !isSent(other))) {
    handlers[signal] = passing((there) => there.signal(signal));
  }
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

function jobControl(program: () => Program | undefined): Partial<Record<NodeJS.Signals, () => void>> {
  let isSuspended = false;
  return {
    SIGTSTP: () => {
      isSuspended = true;
      program()?.signal('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    },
    // SIGCONT also comes after a SIGSTOP of this process alone.
    SIGCONT: () => {
      if (isSuspended) program()?.signal('SIGCONT');
      isSuspended = false;
    },
  };
}
