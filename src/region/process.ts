/** Which process is meant: a pid, and the start time that tells it from a later process of the same pid. */
import { readFileSync } from 'node:fs';
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

/** 33 bits of ticks, 2.7 years of them, and 20 bits of boot: what a float64 holds exactly. */
const TICKS = 2 ** 33;
const BOOTS = 2 ** 20;

/** Returns who we are. */
export function self(): ProcessId {
  return processId(process.pid);
}

/** Returns who has this pid now. */
export function processId(pid: number): ProcessId {
  return { pid, startTime: statOf(pid)?.startTime ?? 0 };
}

/** Whether the process still runs. A zombie does not; a process of another user counts as long as its pid exists. */
export function isAlive({ pid, startTime }: ProcessId): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const stat = statOf(pid);
  if (stat === undefined) return takesSignals(pid);
  return stat.running && (startTime === 0 || stat.startTime === startTime);
}

/** proc(5): `pid (comm) state …`, the start time is field 22. The name may hold spaces and parentheses: split after the last one. */
function statOf(pid: number): { running: boolean; startTime: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // no such process, or no /proc to ask
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { running: !'ZXx'.includes(fields[0]), startTime: startedAt(Number(fields[19])) };
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
