/**
 * The wake source of one watcher, the best that can be had: a wait for the wake word, where the master changes it and this system can wait; else a
 * file watcher; else a timer.
 */
import { debuglog } from 'node:util';
import type { MmapSystem } from '../../system/contract.js';
import type { NotifyingFile, OpenWakeSource, Waiter, WakeMode, WakeSource } from './contract.js';
import { openFileWatcher } from './file-watcher.js';
import { openPolling } from './polling.js';
import { wordWaits } from './word-wait.js';

const debug = debuglog('jsonmmap');

/** A file, and who notifies. */
export interface WakeTarget extends NotifyingFile {
  /** How this process maps files. */
  readonly system: MmapSystem;
  /** Whether the master changes the wake word: one that works over system calls cannot wake those who wait for it. */
  changesWakeWord(): boolean;
}

export class WakeUp implements Waiter {
  readonly #target: WakeTarget;
  readonly #onWake: () => void;
  readonly #openWordWait: OpenWakeSource;
  #source: WakeSource | undefined;
  /** Polls too, while the file is gone. */
  #polling: WakeSource | undefined;
  #referenced = false;
  /** What has been tried since the last `restart`, and has failed. */
  #failedKinds = 0;
  /** This system has refused a wait: it is not tried again. */
  #refusesWaits = false;

  /** Calls `onWake` after each notification, and now and then for nothing, until `close`. */
  constructor(target: WakeTarget, onWake: () => void) {
    this.#target = target;
    this.#onWake = onWake;
    this.#openWordWait = wordWaits(target.system);
    this.restart();
  }

  get mode(): WakeMode {
    return this.#source?.mode ?? 'poll';
  }

  set referenced(referenced: boolean) {
    this.#referenced = referenced;
    for (const source of [this.#source, this.#polling]) if (source !== undefined) source.referenced = referenced;
  }

  /** Wakes for the file that has the path now. */
  restart(): void {
    this.close();
    this.#failedKinds = 0;
    if (this.#canWait) this.#begin(this.#openWordWait);
    else this.#begin(openFileWatcher);
  }

  /** Changes to the other kind where another master has come that notifies in another way. */
  adapt(): void {
    if (this.#source === undefined || (this.#source.mode === 'futex') === this.#canWait) return;
    this.restart();
  }

  /** Polls until `restart`: for a file that is gone, which nothing notifies any more. */
  poll(): void {
    this.#polling ??= openPolling(this.#target, this);
    this.#polling.referenced = this.#referenced;
  }

  /** Ends it until `restart`. Idempotent. */
  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#polling?.close();
    this.#polling = undefined;
  }

  /** Called by the source. */
  wake(): void {
    this.#onWake();
  }

  /** Called by the source: the next kind takes its place. */
  failed(error: unknown): void {
    const { path } = this.#target;
    this.#source = undefined;
    this.#failedKinds++;
    if (this.#canWait) {
      this.#refusesWaits = true;
      debug('%s cannot be waited for and is watched instead: %o', path, error);
      this.#begin(openFileWatcher);
    } else {
      debug('%s cannot be watched and is polled instead: %o', path, error);
      this.poll();
    }
  }

  get #canWait(): boolean {
    return !this.#refusesWaits && this.#target.system.waitForWord !== undefined && this.#target.changesWakeWord();
  }

  #begin(open: OpenWakeSource): void {
    const failedBefore = this.#failedKinds;
    const source = open(this.#target, this);
    if (this.#failedKinds > failedBefore) return; // at once, and another kind has taken its place
    source.referenced = this.#referenced;
    this.#source = source;
  }
}
