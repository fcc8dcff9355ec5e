/**
 * The master's end of a notification. It changes the wake word of the control file and wakes the processes that wait for it, which the kernel does in one
 * call. Then it touches the file, for processes that watch it instead (inotify's IN_ATTRIB): where nobody does, both together take a microsecond.
 *
 * The kernel wakes them one by one within the calls, and where processors are few, the processes that were woken run before a call returns: with 64
 * followers on two cores that takes ten milliseconds and more. So after a notification that has woken somebody, a thread of its own wakes, until nobody
 * waits any more. What is published while it does is announced by one more call.
 */
import { debuglog } from 'node:util';
import type { WakingThread } from '../../system/contract.js';
import { mmapSystem } from '../../system/system.js';
import type { OpenControl } from '../control/control-file.js';
import { WAKE_OFFSET } from '../files/layout.js';

const debug = debuglog('jsonmmap');

/**
 * Wakes the processes that wait for the region or watch its file, once, before it returns. About 1 µs, and what the watchers take. What it announces is
 * visible already, so a failure only delays it to the next heartbeat of each follower: the caller gets no error.
 */
export function notify(opened: OpenControl, atMs: number): void {
  opened.control.changeWakeWord();
  wake(opened, atMs);
}

/** Returns whether it was costly. */
function wake({ control, fd }: OpenControl, atMs: number): boolean {
  try {
    return control.wake(fd, atMs);
  } catch (error) {
    debug('followers could not be notified: %o', error);
    return false;
  }
}

/** Notifies for one master, from its claim to `close`. */
export class Notifier {
  readonly #opened: OpenControl;
  readonly #startWaking: ((fd: number, offset: number) => WakingThread) | undefined;
  #thread: WakingThread | undefined;
  /** The last notification on this thread. */
  #wasCostly = false;

  /**
   * @param opened The control file, which stays open until `close`.
   * @param system Where the thread comes from.
   */
  constructor(opened: OpenControl, { startWaking } = mmapSystem()) {
    this.#opened = opened;
    this.#startWaking = startWaking;
  }

  /** Wakes the followers, before it returns or soon after; `atMs` becomes the time of the file. */
  notify(atMs: number): void {
    this.#opened.control.changeWakeWord();
    const isLeft = this.#thread?.wake(atMs, this.#wasCostly) ?? false;
    this.#wasCostly = !isLeft && wake(this.#opened, atMs);
    if (this.#wasCostly) this.#thread ??= this.#startThread();
  }

  /** Followers that were to be woken are, when it returns. Idempotent. */
  close(): void {
    this.#thread?.close();
    this.#thread = undefined;
  }

  /** Undefined where there is none: then a costly notification stays one. */
  #startThread(): WakingThread | undefined {
    try {
      return this.#startWaking?.(this.#opened.fd, WAKE_OFFSET);
    } catch (error) {
      debug('followers are notified on this thread: %o', error);
      return undefined;
    }
  }
}
