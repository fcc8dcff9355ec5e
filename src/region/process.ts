/** Which process is meant: a pid, and the start time that tells it from a later process of the same pid. */
import { readFileSync } from 'node:fs';
import { errnoOf } from '../errors.js';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot, 0 where the system does not tell. */
  readonly startTime: number;
}

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
  return { running: !'ZXx'.includes(fields[0]), startTime: Number(fields[19]) };
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
