/**
 * Group commit: writes return at once, and those of a few milliseconds become one version, so that they share the syncs that make it durable. What
 * comes while a group is on its way to the disk forms the next one.
 */

/** What a group needs of its master. */
export interface GroupSteps {
  /** Makes what was written so far one version, and starts it on its way to the disk. */
  seal(): void;
  /** Resolves when what was sealed is durable, and visible to followers. */
  settled(): Promise<void>;
  /** The same, blocking. */
  settle(): void;
  /** A group has become durable. */
  published(): void;
}

interface Waiter {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

export class Group {
  readonly #steps: GroupSteps;
  readonly #delayMs: number;
  /** Ends the wait for more writes. */
  #disarm: (() => void) | undefined;
  #hurried = false;
  /** Whether there are writes that no seal has covered. */
  #open = false;
  /** Who waits for those. */
  #waiter: Waiter | undefined;
  #underway: Promise<void> | undefined;
  #failure: unknown;

  constructor(steps: GroupSteps, delayMs: number) {
    this.#steps = steps;
    this.#delayMs = delayMs;
  }

  /** A write has joined. The first of a group starts the clock, which keeps the process alive. */
  join(): void {
    this.#open = true;
    this.#arm();
  }

  /** Resolves when all writes so far are durable; does not wait for the clock. Rejects with what keeps them from it. */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#open) return this.#underway ?? Promise.resolve();
    this.#waiter ??= waiter();
    this.#arm();
    return this.#waiter.promise;
  }

  /** @throws what kept an earlier group from becoming durable: its writes are lost, and later ones build on them */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Makes everything durable, blocking. @throws what keeps it from that */
  close(): void {
    this.#disarm?.();
    this.check();
    const waiter = this.#take();
    try {
      this.#steps.seal();
      this.#steps.settle();
      this.#steps.published();
      waiter?.resolve();
    } catch (error) {
      this.#fail(error, waiter);
      throw error;
    }
  }

  /** Waits as long as a group may, or till the end of this turn of the event loop if somebody waits for it. */
  #arm(): void {
    if (this.#underway !== undefined || this.#hurried) return;
    if (this.#waiter === undefined) {
      this.#disarm ??= after(this.#delayMs, this.#run);
      return;
    }
    this.#disarm?.();
    this.#disarm = soon(this.#run);
    this.#hurried = true;
  }

  readonly #run = async (): Promise<void> => {
    this.#disarm = undefined;
    this.#hurried = false;
    const waiter = this.#take();
    try {
      this.#steps.seal();
      this.#underway = this.#steps.settled();
      await this.#underway;
      this.#steps.published();
      waiter?.resolve();
    } catch (error) {
      this.#fail(error, waiter);
    }
    this.#underway = undefined;
    if (this.#open) this.#arm();
  };

  #take(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#open = false;
    return waiter;
  }

  #fail(error: unknown, waiter: Waiter | undefined): void {
    this.#failure = error;
    waiter?.reject(error);
    this.#take()?.reject(error);
  }
}

function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

function soon(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}

function waiter(): Waiter {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // whoever asked is told; so is the next write
  return { promise, resolve, reject };
}
