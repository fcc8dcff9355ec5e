/**
 * The master's end of a notification: it touches the control file, and the kernel wakes every process that watches the file (inotify's IN_ATTRIB).
 *
 * The kernel wakes them one by one within the call, and where processors are few, the processes that were woken run before the call returns: with 64
 * followers on two cores that takes milliseconds. So after a slow notification the next ones are calls of the thread pool, until they are quick
 * again. What is published during such a call is announced by one more.
 */
import { closeSync, fstatSync, futimes, futimesSync } from 'node:fs';
import { debuglog } from 'node:util';
import { openTrusted } from '../files/files.js';

/** A notification that wakes nobody takes a few microseconds, one that wakes eight processes some hundred. */
const SLOW_MS = 0.5;

const debug = debuglog('jsonmmap');

/**
 * Wakes the processes that watch the file, once, before it returns. About 3 µs, and what the watchers take. What it announces is visible already, so a
 * failure only delays it to the next heartbeat of each follower: the caller gets no error.
 */
export function notify(fd: number, atMs: number): void {
  try {
    futimesSync(fd, atMs / 1000, atMs / 1000);
  } catch (error) {
    debug('followers could not be notified: %o', error);
  }
}

/** Notifies for one master, from its claim to `close`. */
export class Notifier {
  readonly #fd: number;
  readonly #path: string;
  readonly #now: () => number;
  /** The last notification was slow. */
  #slow = false;
  /** A call of the thread pool is under way. */
  #isUnderway = false;
  /** What has to be announced after that call: the time of the newest version. */
  #next: number | undefined;
  #closed = false;

  /**
   * @param fd The control file at `path`, which stays open until `close`.
   * @param now Milliseconds of a monotonic clock.
   */
  constructor(fd: number, path: string, now = () => performance.now()) {
    this.#fd = fd;
    this.#path = path;
    this.#now = now;
  }

  /** Wakes the followers that watch, soon; `atMs` becomes the time of the file. */
  notify(atMs: number): void {
    if (this.#isUnderway) this.#next = atMs;
    else if (!this.#slow || !this.#notifyInPool(atMs)) this.#notifyHere(atMs);
  }

  /** No call begins after this; one that is under way ends by itself. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #notifyHere(atMs: number): void {
    const started = this.#now();
    notify(this.#fd, atMs);
    this.#slow = this.#now() - started > SLOW_MS;
  }

  /** False where it cannot. */
  #notifyInPool(atMs: number): boolean {
    const fd = this.#openAgain();
    if (fd === undefined) return false;
    const started = this.#now();
    this.#isUnderway = true;
    futimes(fd, atMs / 1000, atMs / 1000, (error) => {
      closeSync(fd);
      if (error !== null) debug('followers could not be notified: %o', error);
      this.#isUnderway = false;
      this.#slow = this.#now() - started > SLOW_MS;
      this.#notifyNext();
    });
    return true;
  }

  #notifyNext(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined && !this.#closed) this.notify(next);
  }

  /** The same file for a call that may outlive `#fd`; undefined where another file has taken its path. */
  #openAgain(): number | undefined {
    try {
      const fd = openTrusted(this.#path, 'read');
      if (fd === undefined || isSameFile(fd, this.#fd)) return fd;
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
