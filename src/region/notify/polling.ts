/** Waking by a timer: where no file watcher can be had, and while there is no file to watch. It looks whether the file was touched or not. */
import type { Waiter, WakeSource } from './contract.js';
import { type Poll, substitute } from './poller.js';

/** Wakes `waiter` ten times a second. Never fails. */
export function openPolling(_path: string, waiter: Waiter): WakeSource {
  return new Polling(waiter);
}

class Polling implements WakeSource {
  readonly mode = 'poll';
  readonly #poll: Poll;

  constructor(waiter: Waiter) {
    this.#poll = substitute.start(() => waiter.wake());
  }

  get referenced(): boolean {
    return this.#poll.referenced;
  }

  set referenced(referenced: boolean) {
    this.#poll.referenced = referenced;
  }

  close(): void {
    this.#poll.close();
  }
}
