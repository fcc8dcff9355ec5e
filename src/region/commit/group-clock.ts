/** Says when a group of writes ends: after a delay, or with this turn of the event loop if somebody waits for it. */
export class GroupClock {
  readonly #delayMs: number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** @param run Is called once for each start. */
  constructor(delayMs: number, run: () => void) {
    this.#delayMs = delayMs;
    this.#run = () => {
      this.stop();
      run();
    };
  }

  /** Runs after the delay, unless it will run already. Keeps the process alive until then. */
  start(): void {
    if (this.#immediate === undefined) this.#timer ??= setTimeout(this.#run, this.#delayMs);
  }

  /** Runs at the end of this turn of the event loop. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#immediate ??= setImmediate(this.#run);
  }

  /** Does not run until the next start. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }
}
