/**
 * Waking through the kernel: Node's file watcher, which is inotify on Linux. One descriptor a process for all watchers, of which Linux gives a user 128
 * by default.
 *
 * libuv drains the kernel's queue before it goes on with the loop. A file that is touched again while its last event is handled keeps it there:
 * no timer, no socket, no promise of the program would run as long as that goes on. So the first event of a turn is handled at
 * once, and a second one takes the watcher away until the turn has ended.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Waiter, WakeSource } from './contract.js';

/** Wakes `waiter` at once when the file at `path` is touched, at most a few times a turn of the event loop. Fails where the kernel gives no watcher. */
export function openFileWatcher(path: string, waiter: Waiter): WakeSource {
  return new FileWatcher(path, waiter);
}

class FileWatcher implements WakeSource {
  readonly mode = 'watch';
  readonly #path: string;
  readonly #waiter: Waiter;
  #watcher: FSWatcher | undefined;
  /** Pending from the first event of a turn to its end. */
  #turn: NodeJS.Immediate | undefined;
  /** There was a second event in this turn, so there is no watcher until its end. */
  #flooded = false;
  #referenced = false;

  constructor(path: string, waiter: Waiter) {
    this.#path = path;
    this.#waiter = waiter;
    this.#watch();
  }

  get referenced(): boolean {
    return this.#referenced;
  }

  set referenced(referenced: boolean) {
    this.#referenced = referenced;
    this.#hold(this.#watcher);
    this.#hold(this.#turn);
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
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
    this.close();
    this.#waiter.failed(error);
  }

  #touched(): void {
    if (this.#turn !== undefined) {
      this.#flooded = true;
      this.#watcher?.close();
      return;
    }
    this.#waiter.wake();
    if (this.#watcher === undefined) return; // the waiter has closed this
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
    this.#waiter.wake();
  }

  #hold(handle: { ref(): unknown; unref(): unknown } | undefined): void {
    if (this.#referenced) handle?.ref();
    else handle?.unref();
  }
}
