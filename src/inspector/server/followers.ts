/** The processes that follow a region, as the page lists them. */
import { followersIn } from '../../master/status.js';
import { followersOf, heldBytes } from '../../region/followers.js';
import type { FollowerRow, FollowersAnswer } from '../api.js';
import type { Session } from './session.js';

/** Looks for followers in /proc. Some milliseconds. @throws `ERR_CLOSED` */
export function followersAnswer({ follower }: Session): FollowersAnswer {
  const { version, masterPid, masterAlive, masterElsewhere } = follower.status();
  const commits = follower.history();
  const livingPid = masterAlive && !masterElsewhere ? masterPid : undefined;
  const { followers, hiddenProcesses } = followersIn(followersOf(follower.path, livingPid, commits), commits);
  const rows = (followers ?? []).map((process): FollowerRow => {
    const { pid, user, command, versions, lagVersions, system, wokenBy } = process;
    return { pid, user, command, versions, lagVersions, heldBytes: heldBytes(process), wokenBy, system };
  });
  return { version, followers: rows, hidden: hiddenProcesses ?? 0 };
}
