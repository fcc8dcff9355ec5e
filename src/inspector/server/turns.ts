/** Long work in short turns, so that the server answers others meanwhile. */
import { setImmediate } from 'node:timers/promises';

const TURN_MS = 8;

export class Turns {
  readonly #signal: AbortSignal;
  #until = performance.now() + TURN_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to wait for `next`. Tens of nanoseconds. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets others work. @throws the reason of the signal */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#until = performance.now() + TURN_MS;
  }
}
