/** Limits how much work goes on at a time, so that a directory of 1,000 files takes neither 1,000 threads nor 1,000 open files. */

export class Limiter {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** Lets `max` pieces of work go on at a time. */
  constructor(max: number) {
    this.#free = max;
  }

  /** Does `work` once it has its turn, in the order of the calls. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }
}
