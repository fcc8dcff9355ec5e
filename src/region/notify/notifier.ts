/**
 * The master's end of a notification. It changes the wake word of the control file and wakes the processes that wait for it, which the kernel does in one
 * call. Then it touches the file, for processes that watch it instead (inotify's IN_ATTRIB): where nobody does, both together take a microsecond.
 *
 * The kernel wakes watchers one by one within the call, and where processors are few, the processes that were woken run before the call returns: with 64
 * watchers on two cores that takes milliseconds. So after a slow touch the next ones are calls of the thread pool, until they are quick
 * again. What is published during such a call is announced by one more.
 */
import { closeSync, fstatSync, futimes, futimesSync } from 'node:fs';
import { debuglog } from 'node:util';
import type { OpenControl } from '../control/control-file.js';
import { openTrusted } from '../files/files.js';

/** A touch that wakes nobody takes a few microseconds, one that wakes eight processes some hundred. */
const SLOW_MS = 0.5;

const debug = debuglog('jsonmmap');

/**
 * Wakes the processes that wait for the region or watch its file, once, before it returns. About 1 µs, and what the watchers take. What it announces is
 * visible already, so a failure only delays it to the next heartbeat of each follower: the caller gets no error.
 */
export function notify({ control, fd }: OpenControl, atMs: number): void {
  announce(control, fd, atMs);
}

function announce(control: OpenControl['control'], fd: number, atMs: number): void {
  try {
    control.announce(fd, atMs);
  } catch (error) {
    debug('followers could not be notified: %o', error);
  }
}

/** Notifies for one master, from its claim to `close`. */
export class Notifier {
  readonly #opened: OpenControl;
  readonly #now: () => number;
  /** The last touch was slow. */
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

  /** Wakes the followers that wait, and soon those that watch; `atMs` becomes the time of the file. */
  notify(atMs: number): void {
    const { control, fd } = this.#opened;
    const isTouchedHere = !this.#slow && !this.#isUnderway;
    const started = isTouchedHere ? this.#now() : 0;
    announce(control, isTouchedHere ? fd : -1, atMs);
    if (isTouchedHere) this.#slow = this.#now() - started > SLOW_MS;
    else this.#touch(atMs);
  }

  /** No call begins after this; one that is under way ends by itself. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #touch(atMs: number): void {
    if (this.#isUnderway) this.#next = atMs;
    else if (!this.#touchInPool(atMs)) this.#touchHere(atMs);
  }

  #touchHere(atMs: number): void {
    const started = this.#now();
    try {
      futimesSync(this.#opened.fd, atMs / 1000, atMs / 1000);
    } catch (error) {
      debug('watching followers could not be notified: %o', error);
    }
    this.#slow = this.#now() - started > SLOW_MS;
  }

  /** False where it cannot. */
  #touchInPool(atMs: number): boolean {
    const fd = this.#openAgain();
    if (fd === undefined) return false;
    const started = this.#now();
    this.#isUnderway = true;
    futimes(fd, atMs / 1000, atMs / 1000, (error) => {
      closeSync(fd);
      if (error !== null) debug('watching followers could not be notified: %o', error);
      this.#isUnderway = false;
      this.#slow = this.#now() - started > SLOW_MS;
      this.#touchNext();
    });
    return true;
  }

  #touchNext(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined && !this.#closed) this.#touch(next);
  }

  /** The same file for a call that may outlive the descriptor; undefined where another file has taken its path. */
  #openAgain(): number | undefined {
    try {
      const fd = openTrusted(this.#opened.control.path, 'read');
      if (fd === undefined || isSameFile(fd, this.#opened.fd)) return fd;
      closeSync(fd);
    } catch (error) {
      debug('watching followers are notified on this thread: %o', error);
    }
    return undefined;
  }
}

function isSameFile(a: number, b: number): boolean {
  const [one, other] = [fstatSync(a), fstatSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}
