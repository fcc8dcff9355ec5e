/**
 * The master's end of the doorbell: it touches the control file, and the kernel wakes whoever watches it (inotify's IN_ATTRIB).
 *
 * The kernel wakes them one by one within the call, and where processors are few, those who were woken run before the call returns: with 64 followers
 * on two cores that takes milliseconds. So after a ring that was slow the next ones are calls of the thread pool, until they are quick again;
 * what is published while one is under way is announced by one more.
 */
import { closeSync, fstatSync, futimes, futimesSync } from 'node:fs';
import { debuglog } from 'node:util';
import { openTrusted } from '../files/files.js';

/** A ring that nobody hears takes a few microseconds, one that wakes eight others some hundred. */
const SLOW_MS = 0.5;

const debug = debuglog('jsonmmap');

/**
 * Wakes whoever watches the file, once, before it returns. About 3 µs, and what the watchers take. What it announces is visible already, so a
 * failure delays it to the next heartbeat of each follower and is no error of the caller's.
 */
export function ring(fd: number, atMs: number): void {
  try {
    futimesSync(fd, atMs / 1000, atMs / 1000);
  } catch (error) {
    debug('the doorbell did not ring: %o', error);
  }
}

/** Rings for one master, from its claim to `close`. */
export class Bell {
  readonly #fd: number;
  readonly #path: string;
  readonly #now: () => number;
  /** The last ring was slow. */
  #slow = false;
  /** A call of the pool is under way. */
  #ringing = false;
  /** What has to be announced when it is done: the time of the newest version. */
  #next: number | undefined;
  #closed = false;

  /**
   * @param fd The control file at `path`, which stays open until `close`.
   * @param now Milliseconds of a clock that never steps.
   */
  constructor(fd: number, path: string, now = () => performance.now()) {
    this.#fd = fd;
    this.#path = path;
    this.#now = now;
  }

  /** Wakes the followers that watch, soon; `atMs` becomes the time of the file. */
  ring(atMs: number): void {
    if (this.#ringing) this.#next = atMs;
    else if (!this.#slow || !this.#ringInPool(atMs)) this.#ringHere(atMs);
  }

  /** No call begins after this; one that is under way ends by itself. Idempotent. */
  close(): void {
    this.#closed = true;
  }

  #ringHere(atMs: number): void {
    const started = this.#now();
    ring(this.#fd, atMs);
    this.#slow = this.#now() - started > SLOW_MS;
  }

  /** False where it cannot. */
  #ringInPool(atMs: number): boolean {
    const fd = this.#openAgain();
    if (fd === undefined) return false;
    const started = this.#now();
    this.#ringing = true;
    futimes(fd, atMs / 1000, atMs / 1000, (error) => {
      closeSync(fd);
      if (error !== null) debug('the doorbell did not ring: %o', error);
      this.#ringing = false;
      this.#slow = this.#now() - started > SLOW_MS;
      this.#rung();
    });
    return true;
  }

  #rung(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined && !this.#closed) this.ring(next);
  }

  /** The same file for a call that may outlive `#fd`; undefined where somebody has taken its path. */
  #openAgain(): number | undefined {
    try {
      const fd = openTrusted(this.#path, 'read');
      if (fd === undefined || isSameFile(fd, this.#fd)) return fd;
      closeSync(fd);
    } catch (error) {
      debug('the doorbell rings on this thread: %o', error);
    }
    return undefined;
  }
}

function isSameFile(a: number, b: number): boolean {
  const [one, other] = [fstatSync(a), fstatSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}
