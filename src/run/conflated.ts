/** Work that many may ask for, done by one at a time. */

/** Runs `task` for each request, one at a time; requests that come while it runs are answered by one run more. */
export class Conflated {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves, or rejects, as a run of `task` does that has begun after this call. */
  request(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#run();
    const run = (): Promise<void> => this.#run();
    this.#next = this.#running.then(run, run);
    return this.#next;
  }

  #run(): Promise<void> {
    this.#next = undefined;
    const running = this.#task().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
