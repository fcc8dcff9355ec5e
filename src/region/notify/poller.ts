/** The one poller: for each interval one timer, shared by everything in this process that has to look now and then. */

/** One task of a poller, until `close`. */
export interface Poll {
  /** Whether it keeps the process alive; it does not from the start. */
  referenced: boolean;
  /** Idempotent. */
  close(): void;
}

export class Poller {
  readonly #intervalMs: number;
  readonly #tasks = new Set<Task>();
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Calls `look` at each tick, until the poll is closed. The first tick may come at once, because the timer may have run for others. */
  start(look: () => void): Poll {
    const task = new Task(look, this);
    this.#tasks.add(task);
    this.#timer ??= setInterval(() => this.#tick(), this.#intervalMs).unref();
    return task;
  }

  /** @internal */
  stop(task: Task): void {
    if (!this.#tasks.delete(task)) return;
    if (this.#tasks.size > 0) {
      this.hold();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Keeps the process alive while one of the tasks does. @internal */
  hold(): void {
    const isHeld = [...this.#tasks].some(({ referenced }) => referenced);
    if (isHeld) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #tick(): void {
    for (const task of this.#tasks) task.look();
  }
}

class Task implements Poll {
  readonly look: () => void;
  readonly #poller: Poller;
  #referenced = false;

  constructor(look: () => void, poller: Poller) {
    this.look = look;
    this.#poller = poller;
  }

  get referenced(): boolean {
    return this.#referenced;
  }

  set referenced(referenced: boolean) {
    if (referenced === this.#referenced) return;
    this.#referenced = referenced;
    this.#poller.hold();
  }

  close(): void {
    this.#poller.stop(this);
  }
}

/** Twice a second: what no notification announces, such as a master that was killed. */
export const heartbeat: Poller = new Poller(500);

/** Ten times a second: in place of notifications, where there are none. */
export const substitute: Poller = new Poller(100);
