/** Becoming the master of a region: its lock, its control file, and our name in it. */
import { fchmodSync } from 'node:fs';
import type { MmapSystem } from '../mmap/contract.js';
import { type Control, sleepMs } from './control.js';
import { closeControl, createControl, type OpenControl, openControl } from './control-file.js';
import { ring } from './doorbell.js';
import { isStillAt } from './files.js';
import { generationHolder } from './generation-lock.js';
import { holderBeside, type Locked, lockedError, namedHolder, timeoutError } from './holders.js';
import { KERNEL_LOCK, KERNEL_LOCK_SHOWN } from './layout.js';
import { type HeldLock, tryLock } from './lock.js';
import type { RegionPaths } from './paths.js';
import { self } from './process.js';
import { step } from './steps.js';
import { unlinkRegion } from './unlink.js';

/** How long to wait for a region that another master holds. The wait blocks the thread: events do not run meanwhile. */
export interface WaitOptions {
  /** Milliseconds, default no limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A region that is ours. */
export interface Ownership extends OpenControl {
  /** Whether nobody has removed the region or claimed it since. A few hundred nanoseconds; the files are looked at now and then. */
  stands(): boolean;
  /** Wakes the followers that watch; `atMs` becomes the time of the control file. */
  ring(atMs: number): void;
  /** Takes our name out of the control file, and gives up the lock. Idempotent. */
  release(): void;
}

interface OwnershipOptions {
  readonly mode: number;
  /** Whether `mode` also holds for a control file that is there. */
  readonly setMode: boolean;
  readonly history: number;
  readonly wait?: WaitOptions | undefined;
}

const WAIT_STEP_MS = 10;
/** How often a master that publishes looks whether somebody has deleted its control file by hand. */
const LOOK_EVERY_MS = 250;

/**
 * Makes this process the master of the region, which is created if it is missing.
 * @throws `ERR_REGION_LOCKED` with the holder's `pid`, `ERR_TIMEOUT` after the wait that was asked for, the signal's reason, and what
 *   opening or creating the control file throws
 */
export function own(system: MmapSystem, paths: RegionPaths, options: OwnershipOptions): Ownership {
  const started = performance.now();
  for (;;) {
    const result = tryOwn(system, paths, options);
    if ('control' in result) return result;
    waitOrThrow(paths, result, options.wait, performance.now() - started);
  }
}

function tryOwn(system: MmapSystem, paths: RegionPaths, options: OwnershipOptions): Ownership | Locked {
  const lock = tryLock(system, paths);
  if (lock === undefined) return { pid: namedHolder(system, paths) };
  step('lock:taken');
  let opened: OpenControl | undefined;
  try {
    opened = openOrCreate(system, paths, options);
    const result = claim(lock, system, paths, opened);
    if ('control' in result) return result;
    abandon(lock, opened);
    return result;
  } catch (error) {
    abandon(lock, opened);
    throw error;
  }
}

function openOrCreate(system: MmapSystem, paths: RegionPaths, options: OwnershipOptions): OpenControl {
  for (;;) {
    const opened = openControl(system, paths.control, 'write') ?? createControl(system, paths, options);
    if (opened === undefined) continue; // somebody else created it between the two
    if (!opened.control.isRemoved()) {
      if (options.setMode) fchmodSync(opened.fd, options.mode);
      return opened;
    }
    closeControl(opened);
    unlinkRegion(paths);
  }
}

function claim(lock: HeldLock, system: MmapSystem, paths: RegionPaths, opened: OpenControl): Ownership | Locked {
  const before = holderBeside(lock, system, paths, opened);
  if (before !== undefined) return before;
  const us = { ...self(), lockKind: showLock(lock, system, opened.fd) };
  const epoch = opened.control.claim(us);
  if (lock.kind === KERNEL_LOCK) {
    const since = generationHolder(paths);
    if (since !== undefined) {
      opened.control.release(epoch, us.pid);
      return { pid: since };
    }
  }
  step('takeover:claimed');
  ring(opened.fd, Date.now());
  return new ClaimedRegion(lock, opened, epoch, us.pid);
}

/** Locks the control file too, where followers can see it; refused while a reader holds a lock there: then they go by pid. */
function showLock(lock: HeldLock, system: MmapSystem, fd: number): number {
  return lock.kind === KERNEL_LOCK && system.locks?.tryLock(fd) ? KERNEL_LOCK_SHOWN : lock.kind;
}

class ClaimedRegion implements Ownership {
  readonly control: Control;
  readonly fd: number;
  readonly #lock: HeldLock;
  readonly #epoch: number;
  readonly #pid: number;
  #lookedAt = performance.now();
  #held = true;

  constructor(lock: HeldLock, { control, fd }: OpenControl, epoch: number, pid: number) {
    this.control = control;
    this.fd = fd;
    this.#lock = lock;
    this.#epoch = epoch;
    this.#pid = pid;
  }

  stands(): boolean {
    if (this.control.epoch() !== this.#epoch || this.control.isRemoved()) return false;
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return true;
    this.#lookedAt = now;
    return isStillAt(this.fd, this.control.path);
  }

  ring(atMs: number): void {
    ring(this.fd, atMs);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.control.release(this.#epoch, this.#pid);
    step('close:released');
    ring(this.fd, Date.now());
    abandon(this.#lock, this);
  }
}

function abandon(lock: HeldLock, opened: OpenControl | undefined): void {
  if (opened !== undefined) closeControl(opened);
  lock.release();
}

function waitOrThrow(paths: RegionPaths, locked: Locked, wait: WaitOptions | undefined, waitedMs: number): void {
  if (wait === undefined) throw lockedError(paths.name, locked);
  wait.signal?.throwIfAborted();
  const leftMs = (wait.timeoutMs ?? Infinity) - waitedMs;
  if (leftMs <= 0) throw timeoutError(paths.name, locked, waitedMs);
  sleepMs(Math.min(WAIT_STEP_MS, leftMs));
}
