/** Makes this process the master of a region: takes its lock, opens or creates its control file, and names this process in it. */
import { existsSync, fchmodSync } from 'node:fs';
import { JsonMmapError, perform } from '../../errors.js';
import type { MmapSystem } from '../../system/contract.js';
import { self, whereabouts } from '../../system/process.js';
import { closeControl, createControl, type OpenControl, openControl } from '../control/control-file.js';
import { sleepMs } from '../control/memory.js';
import { type Locked, locked, timedOut } from '../errors.js';
import { failpoint } from '../failpoints.js';
import { KERNEL_LOCK, KERNEL_LOCK_SHOWN, REMOVER } from '../files/layout.js';
import type { RegionPaths } from '../files/paths.js';
import { notify } from '../notify/notifier.js';
import { ClaimedRegion } from './claimed-region.js';
import type { HeldLock } from './held-lock.js';
import { holderBeside, lockedBy, namedHolder } from './holders.js';
import { tryLock } from './lock.js';
import { secureRemoval, unlinkContents, unlinkControl } from './unlink.js';

/** How long to wait for a region that another master holds. The wait blocks the thread: events do not run meanwhile. */
export interface WaitOptions {
  /** Milliseconds, default no limit. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OwnershipOptions {
  /** Mode of the region's files; default that of the control file that is there, else 0o600. */
  readonly mode?: number | undefined;
  readonly history: number;
  /** Whether the region, if it is new, has to survive power loss from the start. */
  readonly durable: boolean;
  readonly wait?: WaitOptions | undefined;
}

const DEFAULT_MODE = 0o600;
const WAIT_INTERVAL_MS = 10;
/** A try fails when another process creates or removes the region at the same instant. */
const OPEN_TRIES = 100;

/**
 * Makes this process the master of the region, which is created if it is missing.
 * @throws `ERR_REGION_LOCKED` with the holder's `pid`, `ERR_TIMEOUT` after the wait that was asked for, the signal's reason, and what
 *   opening or creating the control file throws
 */
export function own(system: MmapSystem, paths: RegionPaths, options: OwnershipOptions): ClaimedRegion {
  const started = performance.now();
  for (;;) {
    const result = tryOwn(system, paths, options);
    if (result instanceof ClaimedRegion) return result;
    waitOrThrow(paths, result, options.wait, performance.now() - started);
  }
}

function tryOwn(system: MmapSystem, paths: RegionPaths, options: OwnershipOptions): ClaimedRegion | (() => Locked) {
  const lock = tryLock(system, paths);
  if (lock === undefined) return () => namedHolder(system, paths);
  failpoint('lock:taken');
  let result: ClaimedRegion | Locked | undefined;
  try {
    const opened = openOrCreate(system, paths, options);
    const claimed = 'control' in opened ? claim(system, paths.name, { lock, opened, mode: options.mode }) : opened;
    result = claimed;
    return claimed instanceof ClaimedRegion ? claimed : () => claimed;
  } finally {
    if (!(result instanceof ClaimedRegion)) giveUp(lock, paths);
  }
}

/** A region that could not be created leaves no lock file behind. */
function giveUp(lock: HeldLock, paths: RegionPaths): void {
  if (existsSync(paths.control)) lock.release();
  else lock.discard();
}

function openOrCreate(
  system: MmapSystem,
  paths: RegionPaths,
  { mode, history, durable }: OwnershipOptions,
): OpenControl | Locked {
  for (let tries = 0; tries < OPEN_TRIES; tries++) {
    const opened =
      openControl(system, paths.control, 'write') ??
      createControl(system, paths, { mode: mode ?? DEFAULT_MODE, history, durable });
    if (opened === undefined) continue; // somebody else created it between the two
    if (!opened.control.state.isRemoved()) return opened;
    const remover = opened.control.state.holder();
    secureRemoval(opened);
    closeControl(opened);
    if (remover !== undefined && whereabouts(remover) !== 'dead') return lockedBy(remover);
    unlinkContents(paths);
    unlinkControl(paths);
  }
  throw new JsonMmapError(
    'ERR_SYSTEM',
    `could not open ${paths.control}: other processes create and remove it all the time`,
  );
}

/** What a claim needs. */
interface Claimable {
  readonly lock: HeldLock;
  readonly opened: OpenControl;
  readonly mode: number | undefined;
}

/** Names this process in the control file, unless a living master is named there; takes over `opened` either way. */
function claim(system: MmapSystem, name: string, { lock, opened, mode }: Claimable): ClaimedRegion | Locked {
  const { path } = opened.control;
  let epoch: number | undefined;
  let claimed: ClaimedRegion | undefined;
  try {
    const holder = holderBeside(lock, system, opened);
    if (holder !== undefined) return holder;
    if (mode !== undefined) perform(`change the mode of ${path}`, () => fchmodSync(opened.fd, mode));
    const diedPid = unclosedBy(opened);
    const us = { ...self(), lockKind: showLock(lock, system, opened) };
    epoch = opened.control.state.claim(us);
    failpoint('takeover:claimed');
    lock.claimed();
    notify(opened, Date.now());
    claimed = new ClaimedRegion(lock, opened, { name, epoch, pid: us.pid, diedPid });
    return claimed;
  } finally {
    if (claimed === undefined) {
      if (epoch !== undefined) opened.control.state.release(epoch, self().pid);
      closeControl(opened);
    }
  }
}

/** A master that closes a region takes its name out. Who removes a region is named too, and is no master. */
function unclosedBy({ control }: OpenControl): number | undefined {
  const named = control.state.holder();
  return named?.lockKind === REMOVER ? undefined : named?.pid;
}

/** Locks the control file too, where followers can see it; refused while a reader holds a lock there: then they go by pid. */
function showLock(lock: HeldLock, { locks }: MmapSystem, { fd, control }: OpenControl): number {
  if (lock.kind !== KERNEL_LOCK) return lock.kind;
  return perform(`lock ${control.path}`, () => locks?.tryLock(fd)) ? KERNEL_LOCK_SHOWN : lock.kind;
}

/** `holder` is asked only for an error: a process that waits tries a hundred times a second. */
function waitOrThrow(paths: RegionPaths, holder: () => Locked, wait: WaitOptions | undefined, waitedMs: number): void {
  if (wait === undefined) throw locked(paths.name, holder());
  wait.signal?.throwIfAborted();
  const leftMs = (wait.timeoutMs ?? Infinity) - waitedMs;
  if (leftMs <= 0) throw timedOut(paths.name, holder(), waitedMs);
  sleepMs(Math.min(WAIT_INTERVAL_MS, leftMs));
}
