/**
 * Waking through a futex: a thread sleeps in the kernel until the master changes the wake word of the control file. It takes half the time of a file
 * watcher, the master wakes all waiting processes in one call, and no inotify instance is needed, of which Linux gives a user 128 by default. It costs a
 * thread of 64 KiB of stack for each source.
 */
import type { MmapSystem, WordWait } from '../../system/contract.js';
import { WAKE_OFFSET } from '../files/layout.js';
import type { OpenWakeSource, Waiter, WakeSource } from './contract.js';

/** Returns what opens sources over the waits of `system`. They fail at once where the system has none, or refuses them. */
export function wordWaits(system: MmapSystem): OpenWakeSource {
  return ({ fd }, waiter) => new WordSource(system, fd, waiter);
}

class WordSource implements WakeSource {
  readonly mode = 'futex';
  #wait: WordWait | undefined;

  constructor({ waitForWord }: MmapSystem, fd: number, waiter: Waiter) {
    try {
      if (waitForWord === undefined) throw new Error('this system has no waits between processes');
      // A call that is on its way when this is closed comes to nothing.
      this.#wait = waitForWord(fd, WAKE_OFFSET, () => this.#wait && waiter.wake());
    } catch (error) {
      waiter.failed(error);
    }
  }

  get referenced(): boolean {
    return this.#wait?.referenced ?? false;
  }

  set referenced(referenced: boolean) {
    if (this.#wait !== undefined) this.#wait.referenced = referenced;
  }

  close(): void {
    this.#wait?.close();
    this.#wait = undefined;
  }
}
