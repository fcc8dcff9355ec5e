/** Signals to `jsonmmap exec`: the program decides what they mean. */
import { PassedSignals } from '../../processes/passed-signals.js';
import type { Program } from './program.js';

/** What ends a program that does nothing about it. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
const OTHERS: readonly NodeJS.Signals[] = ['SIGUSR1', 'SIGUSR2', 'SIGWINCH'];
/** A terminal sends these to its whole job, the program included. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

/** Passes signals on to the program. In a terminal it belongs to the same job, and gets some of them from the terminal. */
export function passSignals(inTerminal: boolean): PassedSignals<Program> {
  const signals = new PassedSignals<Program>();
  const isSent = (signal: NodeJS.Signals): boolean => inTerminal && OF_TERMINAL.includes(signal);
  for (const signal of ENDING) {
    signals.on(signal, () => signals.pass((program) => program.stop(signal, { isSent: isSent(signal) })));
  }
  for (const signal of OTHERS.filter((other) => !isSent(other))) {
    signals.on(signal, () => signals.pass((program) => program.signal(signal)));
  }
  if (!inTerminal) signals.passJobControl();
  return signals;
}
