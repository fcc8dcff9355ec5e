/**
 * Waking through a futex: a thread sleeps in the kernel until the master changes the wake word of the control file. It takes half the time of a file
 * watcher, the master wakes all waiting processes in one call, and no inotify instance is needed, of which Linux gives a user 128 by default. It costs a
 * thread of 64 KiB of stack for each source.
 *
 * One notification is handled in a turn of the event loop. The wait is armed again when the turn ends, so a master that publishes all the time keeps no
 * timer, no socket and no promise of the program from running.
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
  readonly #waiter: Waiter;
  #wait: WordWait | undefined;
  /** Pending from a notification to the end of its turn. */
  #turn: NodeJS.Immediate | undefined;

  constructor({ waitForWord }: MmapSystem, fd: number, waiter: Waiter) {
    this.#waiter = waiter;
    try {
      if (waitForWord === undefined) throw new Error('this system has no waits between processes');
      this.#wait = waitForWord(fd, WAKE_OFFSET, () => this.#notified());
    } catch (error) {
      waiter.failed(error);
    }
  }

  get referenced(): boolean {
    return this.#wait?.referenced ?? false;
  }

  set referenced(referenced: boolean) {
    if (this.#wait === undefined) return;
    this.#wait.referenced = referenced;
    this.#hold();
  }

  close(): void {
    this.#wait?.close();
    this.#wait = undefined;
    clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  /** A call that is on its way when this is closed comes to nothing. */
  #notified(): void {
    if (this.#wait === undefined) return;
    this.#waiter.wake();
    if (this.#wait === undefined) return; // the waiter has closed this
    this.#turn = setImmediate(() => this.#turnEnds());
    this.#hold();
  }

  #turnEnds(): void {
    this.#turn = undefined;
    this.#wait?.arm();
  }

  #hold(): void {
    if (this.referenced) this.#turn?.ref();
    else this.#turn?.unref();
  }
}
