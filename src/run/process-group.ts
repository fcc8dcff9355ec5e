/** All processes of a follower: what it starts belongs to its group, unless it leaves it. */
import { readdirSync, readFileSync } from 'node:fs';
import { errnoOf } from '../errors.js';
import { type ProcessId, processId } from '../system/process.js';

/** The groups of POSIX. */
export const HAS_GROUPS = process.platform !== 'win32';

/** Sends a signal to every process of the group that `leader` founded. What is gone, or belongs to another user, does not get it. */
export function signalGroup(leader: ProcessId, signal: NodeJS.Signals): void {
  if (!HAS_GROUPS || !isOurs(leader)) return;
  try {
    process.kill(-leader.pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  }
}

/** Whether any process of the group still runs. O(processes) where one does, a system call else. */
export function groupRuns(leader: ProcessId): boolean {
  const members = membersOf(leader);
  return members === undefined || members.length > 0;
}

/** Returns the processes of the group that run; undefined where there are some, and the system does not say which. */
export function membersOf(leader: ProcessId): number[] | undefined {
  if (!HAS_GROUPS || !isOurs(leader) || !exists(leader.pid)) return [];
  try {
    return readdirSync('/proc')
      .filter((pid) => runsInGroup(pid, leader.pid))
      .map(Number);
  } catch {
    return undefined; // no /proc
  }
}

/** The number of a group is given away again only when the group is empty: if another process has it as its pid, ours is over. */
function isOurs({ pid, startTime }: ProcessId): boolean {
  return [0, startTime].includes(processId(pid).startTime);
}

function exists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/**
 * The leader of a follower's group has founded a session too. A zombie remains in the group for as long as its parent does not ask for it, which in
 * a container may be forever.
 */
function runsInGroup(pid: string, leader: number): boolean {
  if (!/^\d+$/.test(pid)) return false;
  const stat = statOf(pid);
  return stat?.group === leader && stat.session === leader && !'ZXx'.includes(stat.state);
}

/** proc(5): `pid (comm) state ppid pgrp session …`. The name may hold spaces and parentheses. */
function statOf(pid: string): { state: string; group: number; session: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group), session: Number(session) };
  } catch {
    return undefined; // it has ended, or there is no /proc
  }
}
