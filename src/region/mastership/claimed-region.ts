/** A region that this process is the master of: its lock, its control file with our name in it, its doorbell. */
import { fstatSync } from 'node:fs';
import { perform } from '../../errors.js';
import type { Control } from '../control/control.js';
import { closeControl, type OpenControl } from '../control/control-file.js';
import { failpoint } from '../failpoints.js';
import { isStillAt } from '../files/files.js';
import { Bell, ring } from '../notify/bell.js';
import type { HeldLock } from './lock.js';

/** How often a master that publishes looks whether somebody has deleted its control file by hand. */
const LOOK_EVERY_MS = 250;

export class ClaimedRegion implements OpenControl {
  readonly control: Control;
  readonly fd: number;
  /** Mode of the control file, and of every file that is created beside it. */
  readonly mode: number;
  readonly #lock: HeldLock;
  readonly #bell: Bell;
  readonly #epoch: number;
  readonly #pid: number;
  #lookedAt = performance.now();
  #lost = false;
  #held = true;

  /** Takes over the lock and the open control file in which `pid` has made the claim `epoch`. */
  constructor(lock: HeldLock, { control, fd }: OpenControl, epoch: number, pid: number) {
    this.control = control;
    this.fd = fd;
    this.mode = perform(`look at ${control.path}`, () => fstatSync(fd).mode & 0o777);
    this.#lock = lock;
    this.#bell = new Bell(fd, control.path);
    this.#epoch = epoch;
    this.#pid = pid;
  }

  /**
   * Whether nobody has claimed the region since, be it to remove it (I7). A tenth of a microsecond; the files are looked at now and
   * then.
   */
  stands(): boolean {
    if (this.#lost || this.control.epoch() !== this.#epoch) return false;
    return performance.now() - this.#lookedAt < LOOK_EVERY_MS || this.#look();
  }

  /** The same, and the files are looked at now. A few microseconds. */
  stillStands(): boolean {
    return this.stands() && this.#look();
  }

  #look(): boolean {
    this.#lookedAt = performance.now();
    this.#lost = !isStillAt(this.fd, this.control.path);
    return !this.#lost;
  }

  /** Wakes the followers that watch, soon; `atMs` becomes the time of the control file. */
  ring(atMs: number): void {
    this.#bell.ring(atMs);
  }

  /** Takes our name out of the control file, and gives up the lock. Idempotent. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    try {
      this.control.release(this.#epoch, this.#pid);
      failpoint('close:released');
      this.#bell.close();
      ring(this.fd, Date.now());
      closeControl(this);
    } finally {
      this.#lock.release();
    }
  }
}
