/** Followers of a master in other processes, looked for so rarely that frequent collections cannot load the machine. */
import type { MasterStatus } from '../master/status.js';
import type { MeasuredMaster } from './sources.js';

type Found = Pick<MasterStatus, 'followers' | 'hiddenProcesses'>;

/** What was found last, and until when it is not looked for again. */
interface Look {
  readonly found: Found;
  readonly untilMs: number;
}

const KEPT_MIN_MS = 1000;
/** A look takes longer where there are more processes: no more than this share of the time. */
const LOOKING_SHARE = 0.02;

const looks = new WeakMap<MeasuredMaster, Look>();

/**
 * Returns the status of `master` with the processes that follow it, as they were at most a second ago, or longer where a look takes more than 20 ms. A look
 * takes milliseconds, because it reads the mappings of all processes. @throws `ERR_CLOSED`
 */
export function statusWithFollowers(master: MeasuredMaster): MasterStatus {
  const began = performance.now();
  const last = looks.get(master);
  if (last !== undefined && began < last.untilMs) return { ...master.status(), ...last.found };
  const status = master.status({ followers: hasProc });
  const { followers, hiddenProcesses } = status;
  const untilMs = began + Math.max(KEPT_MIN_MS, (performance.now() - began) / LOOKING_SHARE);
  looks.set(master, { found: { followers, hiddenProcesses }, untilMs });
  return status;
}

/** Elsewhere no follower can be found, which does not mean that there is none. */
const hasProc = process.platform === 'linux';
