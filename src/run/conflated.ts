/** Work that many may ask for, done by one at a time. */

/** Runs `task` for each request, one at a time; requests that come while it runs are answered by one run more. */
export class Conflated<R = void> {
  readonly #task: () => Promise<R>;
  #running: Promise<R> | undefined;
  #next: Promise<R> | undefined;

  constructor(task: () => Promise<R>) {
    this.#task = task;
  }

  /** Resolves, or rejects, as a run of `task` does that has begun after this call. */
  request(): Promise<R> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#run();
    const run = (): Promise<R> => this.#run();
    this.#next = this.#running.then(run, run);
    return this.#next;
  }

  #run(): Promise<R> {
    this.#next = undefined;
    const running = this.#task().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
