/** Which process is meant: a pid, and the start time that tells it from a later process of the same pid. */
import { readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import { bootMark } from './boot.js';

export interface ProcessId {
  readonly pid: number;
  /**
   * Clock ticks since boot, and which boot: files on a disk outlive it, and machines that boot alike give their processes the same pid at the
   * same tick. 0 where the system does not tell.
   */
  readonly startTime: number;
}

/** A process that holds something which others find: they may be in another pid namespace, where the same pid is another process. */
export interface Holding extends ProcessId {
  /** Number of the pid namespace, 0 where the system does not tell. */
  readonly namespace: number;
}

/** What a process has taken of the processors. */
export interface ProcessorTime {
  /** As in `ProcessId`. */
  readonly startTime: number;
  /** User and system time of all its threads, in steps of 10 ms. */
  readonly processorMs: number;
}

/** `elsewhere`: in another pid namespace, such as a container, so this cannot be known here. */
export type Whereabouts = 'alive' | 'dead' | 'elsewhere';

/** 33 bits of ticks, 2.7 years of them, and 20 bits of boot: what a float64 holds exactly. */
const TICKS = 2 ** 33;
const BOOTS = 2 ** 20;

/** Returns who we are. */
export function self(): Holding {
  return { ...processId(process.pid), namespace: pidNamespace() };
}

/** Returns the process that has this pid now. */
export function processId(pid: number): ProcessId {
  return { pid, startTime: statOf(pid)?.startTime ?? 0 };
}

/** Returns the time that the processors have worked for a process; undefined when it is gone, or where there is no /proc. */
export function processorTime(pid: number): ProcessorTime | undefined {
  return statOf(pid);
}

/** Whether a process that holds something still runs, as far as this process can know. What another boot left is dead everywhere. */
export function whereabouts(holding: Holding): Whereabouts {
  if (isOfAnotherBoot(holding)) return 'dead';
  if (isElsewhere(holding)) return 'elsewhere';
  return isAlive(holding) ? 'alive' : 'dead';
}

/** Whether its pid counts in another pid namespace than ours. */
export function isElsewhere({ namespace }: Holding): boolean {
  const ours = pidNamespace();
  return namespace !== 0 && ours !== 0 && namespace !== ours;
}

/** Whether a process of our own pid namespace still runs. A zombie does not; a process of another user counts as long as its pid exists. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const stat = statOf(pid);
  if (stat === undefined) return takesSignals(pid);
  return stat.running && (startTime === 0 || stat.startTime === startTime);
}

function isOfAnotherBoot({ startTime }: ProcessId): boolean {
  const boot = Math.floor(startTime / TICKS);
  const ours = bootMark() % BOOTS;
  return startTime !== 0 && ours !== 0 && boot !== ours;
}

let namespace: number | undefined;

/** namespaces(7): the link reads `pid:[4026531836]`. */
function pidNamespace(): number {
  namespace ??= Number(/\d+/.exec(linkTarget('/proc/self/ns/pid'))?.[0] ?? 0);
  return namespace;
}

let procIsOurs: boolean | undefined;

/** A process may have been put into a new pid namespace and still see the /proc of the old one, whose pids mean other processes. */
function canAskProc(): boolean {
  procIsOurs ??= linkTarget('/proc/self') === String(process.pid);
  return procIsOurs;
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // no /proc to ask
  }
}

interface ProcessStat extends ProcessorTime {
  readonly running: boolean;
}

/** time(7): USER_HZ, in which the kernel tells times to programs, is 100 on all machines that Node runs on. */
const TICK_MS = 10;

/**
 * proc(5): `pid (comm) state …`, user and system time are fields 14 and 15, the start time is field 22. The name may hold spaces and
 * parentheses: split after the last one.
 */
function statOf(pid: number): ProcessStat | undefined {
  if (!canAskProc()) return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // no such process, or no /proc to ask
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    running: !'ZXx'.includes(fields[0]),
    startTime: startedAt(Number(fields[19])),
    processorMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
  };
}

function startedAt(ticks: number): number {
  return (bootMark() % BOOTS) * TICKS + (ticks % TICKS);
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
