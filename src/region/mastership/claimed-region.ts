/** A region that this process is the master of: its lock, its control file that names this process, and its notifier. */
import { fstatSync } from 'node:fs';
import { perform } from '../../errors.js';
import type { Control } from '../control/control.js';
import { closeControl, type OpenControl } from '../control/control-file.js';
import { failpoint } from '../failpoints.js';
import { isStillAt } from '../files/files.js';
import { Notifier, notify } from '../notify/notifier.js';
import type { HeldLock } from './held-lock.js';

/** How often a master that publishes checks whether somebody has deleted its control file by hand. */
const FILE_CHECK_INTERVAL_MS = 250;

/** The claim of one process to one region. */
export interface Claim {
  readonly name: string;
  /** The number of the claim: a later one has another. */
  readonly epoch: number;
  readonly pid: number;
  /** Pid of the master before, which died without closing the region; undefined where it has closed it, or there was none. */
  readonly diedPid: number | undefined;
}

export class ClaimedRegion implements OpenControl {
  readonly name: string;
  readonly control: Control;
  readonly fd: number;
  /** Mode of the control file, and of every file that is created beside it. */
  readonly mode: number;
  /** As in `Claim`. */
  readonly diedPid: number | undefined;
  readonly #lock: HeldLock;
  readonly #notifier: Notifier;
  readonly #epoch: number;
  readonly #pid: number;
  #checkedAtMs = Date.now();
  #lost = false;
  #held = true;

  /** Takes over `lock` and the open control file in which `claim` was made. */
  constructor(lock: HeldLock, { control, fd }: OpenControl, { name, epoch, pid, diedPid }: Claim) {
    this.name = name;
    this.control = control;
    this.fd = fd;
    this.mode = perform(`look at ${control.path}`, () => fstatSync(fd).mode & 0o777);
    this.#lock = lock;
    this.#notifier = new Notifier({ control, fd });
    this.#epoch = epoch;
    this.#pid = pid;
    this.diedPid = diedPid;
  }

  /**
   * Whether nobody has claimed the region since, as a master or to remove it (I7). A tenth of a microsecond; four times a second the file is checked too.
   */
  stands(): boolean {
    if (this.#lost || this.control.state.epoch() !== this.#epoch) return false;
    const sinceMs = Date.now() - this.#checkedAtMs;
    return (sinceMs >= 0 && sinceMs < FILE_CHECK_INTERVAL_MS) || this.#checkFile(); // the clock may have been set back
  }

  /** The same, and the file is checked now. A few microseconds. */
  stillStands(): boolean {
    return this.stands() && this.#checkFile();
  }

  #checkFile(): boolean {
    this.#checkedAtMs = Date.now();
    this.#lost = !isStillAt(this.fd, this.control.path);
    return !this.#lost;
  }

  /** Wakes the followers that wait or watch, soon; `atMs` becomes the time of the control file. */
  notify(atMs: number): void {
    this.#notifier.notify(atMs);
  }

  /** Takes the name of this process out of the control file, and gives up the lock. Idempotent. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    try {
      this.control.state.release(this.#epoch, this.#pid);
      failpoint('close:released');
      this.#notifier.close();
      notify(this, Date.now());
      closeControl(this);
    } finally {
      this.#lock.release();
    }
  }
}
