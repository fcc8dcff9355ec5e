/**
 * Being woken when a file is touched: through the kernel where it can be had, by a timer where not.
 *
 * libuv drains the kernel's queue before it goes on with the loop. A file that is touched again while its last event is handled keeps it there:
 * no timer, no socket, no promise of the program would run as long as that goes on. So the first event of a turn is handled at
 * once, and a second one takes the watcher away until the turn has ended.
 */
import { type FSWatcher, watch } from 'node:fs';
import { debuglog } from 'node:util';

const POLL_MS = 100;

const debug = debuglog('jsonmmap');

export class Wakeups {
  readonly #path: string;
  readonly #wake: () => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Pending from the first event of a turn to its end. */
  #turn: NodeJS.Immediate | undefined;
  #flooded = false;
  #failed = false;
  #referenced = false;

  /** Calls `wake` whenever the file at `path` is touched, at most a few times a turn of the event loop, and now and then for nothing. */
  constructor(path: string, wake: () => void) {
    this.#path = path;
    this.#wake = wake;
    this.#watch();
  }

  /** `watch`: the kernel wakes us. `poll`: a timer does, ten times a second. */
  get mode(): 'watch' | 'poll' {
    return this.#failed ? 'poll' : 'watch';
  }

  /** Watches the file that has the path now. */
  restart(): void {
    this.close();
    this.#failed = false;
    this.#watch();
  }

  /** Wakes ten times a second too, until `restart`: for a file that is gone and cannot be watched. */
  poll(): void {
    this.#timer ??= setInterval(() => this.#wake(), POLL_MS);
    this.#hold(this.#timer);
  }

  /** Whether pending wakeups keep the process alive; they do not from the start. */
  set referenced(referenced: boolean) {
    this.#referenced = referenced;
    for (const handle of [this.#watcher, this.#timer, this.#turn]) this.#hold(handle);
  }

  /** Ends it until `restart`. Idempotent. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#flooded = false;
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#path, () => this.#touched()).on('error', (error) => this.#fail(error));
      this.#hold(this.#watcher);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    debug('%s cannot be watched, a timer looks instead: %o', this.#path, error);
    this.close();
    this.#failed = true;
    this.poll();
  }

  #touched(): void {
    if (this.#turn !== undefined) {
      this.#flooded = true;
      this.#watcher?.close();
      return;
    }
    this.#wake();
    if (this.#watcher === undefined) return; // who was woken may close it
    this.#turn = setImmediate(() => this.#turnEnds());
    this.#hold(this.#turn);
  }

  /** What happened while nobody watched is found by looking. */
  #turnEnds(): void {
    this.#turn = undefined;
    this.#hold(this.#watcher); // Deno forgets it at every event
    if (!this.#flooded) return;
    this.#flooded = false;
    this.#watch();
    this.#wake();
  }

  #hold(handle: { ref(): unknown; unref(): unknown } | undefined): void {
    if (this.#referenced) handle?.ref();
    else handle?.unref();
  }
}
