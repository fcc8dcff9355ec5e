/**
 * The master's end of a notification. It changes the wake word of the control file and wakes the processes that wait for it, which the kernel does in one
 * call. Then it touches the file, for processes that watch it instead (inotify's IN_ATTRIB): where nobody does, both together take a microsecond.
 *
 * The kernel wakes them one by one within the calls, and where processors are few, the processes that were woken run before a call returns: with 64
 * followers on two cores that takes ten milliseconds and more. So after a notification that was slow, or has woken several processes, the next ones are calls of the thread pool, until they are quick
 * again. What is published during such a call is announced by one more.
 */
import { closeSync, fstatSync } from 'node:fs';
import { debuglog } from 'node:util';
import type { Woken } from '../../system/contract.js';
import type { OpenControl } from '../control/control-file.js';
import { openTrusted } from '../files/files.js';

/** A notification that wakes nobody takes a microsecond, one that wakes one process some ten to hundred. */
const SLOW_MS = 0.5;
/** So many processes that were woken run at the same time as the one that goes on; more of them, and it waits for its turn. */
const WOKEN_MAX = 2;

const debug = debuglog('jsonmmap');

/**
 * Wakes the processes that wait for the region or watch its file, once, before it returns. About 1 µs, and what the watchers take. What it announces is
 * visible already, so a failure only delays it to the next heartbeat of each follower: the caller gets no error.
 */
export function notify(opened: OpenControl, atMs: number): void {
  announce(opened, atMs);
}

/** Returns how many waits were woken. */
function announce({ control, fd }: OpenControl, atMs: number): number {
  try {
    return control.announce(fd, atMs);
  } catch (error) {
    debug('followers could not be notified: %o', error);
    return 0;
  }
}

/** Notifies for one master, from its claim to `close`. */
export class Notifier {
  readonly #opened: OpenControl;
  readonly #now: () => number;
  /** The last notification was slow. */
  #slow = false;
  /** A call of the thread pool is under way. */
  #isUnderway = false;
  /** What has to be announced after that call: the time of the newest version. */
  #next: number | undefined;
  #closed = false;

  /**
   * @param opened The control file, which stays open until `close`.
   * @param now Milliseconds of a monotonic clock.
   */
  constructor(opened: OpenControl, now = () => performance.now()) {
    this.#opened = opened;
    this.#now = now;
  }

  /** Wakes the followers, before it returns or soon after; `atMs` becomes the time of the file. */
  notify(atMs: number): void {
    if (!this.#slow && !this.#isUnderway) {
      this.#notifyHere(atMs);
      return;
    }
    this.#opened.control.changeWakeWord();
    if (this.#isUnderway) this.#next = atMs;
    else this.#wakeInPool(atMs);
  }

  /** No call begins after this; one that is under way ends by itself. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #notifyHere(atMs: number): void {
    const started = this.#now();
    const woken = announce(this.#opened, atMs);
    this.#slow = this.#isSlow(started, woken);
  }

  /** On this thread where it cannot. */
  #wakeInPool(atMs: number): void {
    const fd = this.#openAgain();
    if (fd === undefined) {
      this.#notifyHere(atMs);
      return;
    }
    const started = this.#now();
    this.#isUnderway = true;
    const done: Woken = (error, woken) => {
      closeSync(fd);
      if (error !== null) debug('followers could not be notified: %o', error);
      this.#isUnderway = false;
      this.#slow = this.#isSlow(started, woken);
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined && !this.#closed) this.#wakeInPool(next);
    };
    try {
      this.#opened.control.wakeInPool(fd, atMs, done);
    } catch (error) {
      closeSync(fd);
      this.#isUnderway = false;
      debug('followers are notified on this thread: %o', error);
      this.#notifyHere(atMs);
    }
  }

  #isSlow(started: number, woken: number): boolean {
    return woken > WOKEN_MAX || this.#now() - started > SLOW_MS;
  }

  /** The same file for a call that may outlive the descriptor; undefined where another file has taken its path. */
  #openAgain(): number | undefined {
    try {
      const fd = openTrusted(this.#opened.control.path, 'read');
      if (fd === undefined || isSameFile(fd, this.#opened.fd)) return fd;
      closeSync(fd);
    } catch (error) {
      debug('followers are notified on this thread: %o', error);
    }
    return undefined;
  }
}

function isSameFile(a: number, b: number): boolean {
  const [one, other] = [fstatSync(a), fstatSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}
