/** The signals of a command that runs something else: its handlers, job control, and uncaught errors. */

/** What a command runs: the followers of `run`, the program of `exec`. */
export interface Receiver {
  /** Stops it until `resume`. */
  suspend(): void;
  resume(): void;
  /** Ends it because of an error that nothing has caught. */
  fail(error: unknown): void;
}

export class PassedSignals<R extends Receiver> {
  readonly #handlers = new Map<NodeJS.Signals, () => void>();
  /** What to do with the receiver when there is one. */
  readonly #early: ((receiver: R) => void)[] = [];
  #receiver: R | undefined;
  readonly #onError = (error: unknown): void => this.#receiver?.fail(error);

  /** Calls `handler` at each `signal`, until `release`. */
  on(signal: NodeJS.Signals, handler: () => void): void {
    this.#handlers.set(signal, handler);
    process.on(signal, handler);
  }

  /** Does something with the receiver: now, or as soon as there is one. */
  pass(act: (receiver: R) => void): void {
    if (this.#receiver === undefined) this.#early.push(act);
    else act(this.#receiver);
  }

  /**
   * Passes job control on to a receiver that has a session of its own, which the terminal does not reach: it stops with this process at SIGTSTP, and continues
   * with it. SIGCONT also comes after a SIGSTOP of this process alone; what others have stopped then stays stopped.
   */
  passJobControl(): void {
    let isSuspended = false;
    this.on('SIGTSTP', () => {
      isSuspended = true;
      this.#receiver?.suspend();
      process.kill(process.pid, 'SIGSTOP');
    });
    this.on('SIGCONT', () => {
      if (isSuspended) this.#receiver?.resume();
      isSuspended = false;
    });
  }

  /** Lets signals reach `receiver`, including those that came while it started. An uncaught error ends it from now on, so that it is not left behind. */
  reach(receiver: R): void {
    this.#receiver = receiver;
    process.on('uncaughtException', this.#onError);
    for (const act of this.#early.splice(0)) act(receiver);
  }

  /** Gives signals and uncaught errors their usual effect again. */
  release(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
    process.off('uncaughtException', this.#onError);
  }
}
