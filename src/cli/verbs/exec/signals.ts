/** Signals to `jsonmmap exec`: the program decides what they mean. */
import { type JobSignals, jobSignals, type SignalHandlers, stopAndGo } from '../../processes/job.js';
import type { Program } from './program.js';

/** What ends a program that does nothing about it. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
const OTHERS: readonly NodeJS.Signals[] = ['SIGUSR1', 'SIGUSR2', 'SIGWINCH'];
/** A terminal sends these to its whole job, the program included. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/**
 * Passes signals on to the program. Outside a terminal it has a session of its own, so the stop and go of a job are passed on as well; in a terminal, both stop with
 * the job.
 */
export function passSignals(inTerminal: boolean): JobSignals<Program> {
  const isSent = (signal: NodeJS.Signals): boolean => inTerminal && OF_TERMINAL.includes(signal);
  return jobSignals(({ whenThere, ifThere }) => {
    const handlers: SignalHandlers = {};
    for (const signal of ENDING) {
      handlers[signal] = () => whenThere((there) => there.stop(signal, { isSent: isSent(signal) }));
    }
    for (const signal of OTHERS.filter((other) => !isSent(other))) {
      handlers[signal] = () => whenThere((there) => there.signal(signal));
    }
    if (inTerminal) return handlers;
    const job = stopAndGo({
      suspend: () => ifThere((there) => there.signal('SIGSTOP')),
      resume: () => ifThere((there) => there.signal('SIGCONT')),
    });
    return { ...handlers, ...job };
  });
}
