/** The wake source of one watcher: through the kernel where that can be had, by polling where not. */
import { debuglog } from 'node:util';
import type { Waiter, WakeSource } from './contract.js';
import { openFileWatcher } from './file-watcher.js';
import { openPolling } from './polling.js';

const debug = debuglog('jsonmmap');

export class WakeUp implements Waiter {
  readonly #path: string;
  readonly #onWake: () => void;
  #source: WakeSource | undefined;
  /** Polls too, while the file is gone. */
  #polling: WakeSource | undefined;
  #referenced = false;

  /** Calls `onWake` when the file at `path` is touched, and now and then for nothing, until `close`. */
  constructor(path: string, onWake: () => void) {
    this.#path = path;
    this.#onWake = onWake;
    this.restart();
  }

  get mode(): WakeSource['mode'] {
    return this.#source?.mode ?? 'poll';
  }

  set referenced(referenced: boolean) {
    this.#referenced = referenced;
    for (const source of [this.#source, this.#polling]) if (source !== undefined) source.referenced = referenced;
  }

  /** Wakes for the file that has the path now. */
  restart(): void {
    this.close();
    const source = openFileWatcher(this.#path, this);
    if (this.#polling !== undefined) return; // it has failed at once
    source.referenced = this.#referenced;
    this.#source = source;
  }

  /** Polls until `restart`: for a file that is gone, which nothing touches any more. */
  poll(): void {
    this.#polling ??= openPolling(this.#path, this);
    this.#polling.referenced = this.#referenced;
  }

  /** Ends it until `restart`. Idempotent. */
  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#polling?.close();
    this.#polling = undefined;
  }

  /** @internal */
  wake(): void {
    this.#onWake();
  }

  /** @internal */
  failed(error: unknown): void {
    debug('%s cannot be watched and is polled instead: %o', this.#path, error);
    this.#source = undefined;
    this.poll();
  }
}
