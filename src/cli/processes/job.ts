/** The signals that a verb takes on behalf of what it runs, the stop and go of its job among them. */

export type SignalHandlers = Partial<Record<NodeJS.Signals, () => void>>;

/** What is run, which may not have started yet. */
interface Target<Runner> {
  /** Acts on it, now or when it is there. */
  whenThere(act: (runner: Runner) => void): void;
  /** Acts on it now, or never. */
  ifThere(act: (runner: Runner) => void): void;
}

/** Signals that this process handles, until `release`. */
export interface JobSignals<Runner> {
  /** The runner is there: what came while it started reaches it. It runs from here on and would be left alone, so it also hears of uncaught errors, through `fail`. */
  reach(runner: Runner): void;
  /** Signals do what they usually do again. */
  release(): void;
}

/** Handles signals for something that is about to start. */
export function jobSignals<Runner extends { fail(error: unknown): void }>(
  handlersFor: (target: Target<Runner>) => SignalHandlers,
): JobSignals<Runner> {
  let runner: Runner | undefined;
  const early: ((runner: Runner) => void)[] = [];
  const target: Target<Runner> = {
    whenThere: (act) => {
      if (runner === undefined) early.push(act);
      else act(runner);
    },
    ifThere: (act) => {
      if (runner !== undefined) act(runner);
    },
  };
  const handlers = Object.entries(handlersFor(target));
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const onError = (error: unknown): void => runner?.fail(error);
  return {
    reach: (there) => {
      runner = there;
      process.on('uncaughtException', onError);
      for (const act of early.splice(0)) act(there);
    },
    release: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      process.off('uncaughtException', onError);
    },
  };
}

/** SIGTSTP and SIGCONT, by which a terminal stops a job and lets it go on: passed on to what has a session of its own. */
export function stopAndGo({ suspend, resume }: { suspend(): void; resume(): void }): SignalHandlers {
  let isSuspended = false;
  return {
    SIGTSTP: () => {
      isSuspended = true;
      suspend();
      process.kill(process.pid, 'SIGSTOP');
    },
    // SIGCONT also comes after a SIGSTOP of this process alone; what others have stopped stays stopped.
    SIGCONT: () => {
      if (isSuspended) resume();
      isSuspended = false;
    },
  };
}
