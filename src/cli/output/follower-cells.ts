/** What tables say of the processes that follow a region: the same words in every verb. */
import { type FollowerProcess, type FollowerProcesses, heldBytes } from '../../region/followers.js';
import { count, size } from './words.js';

/** Says how many followers were found, and how many processes were not looked into. */
export function followersLine({ processes, hidden }: FollowerProcesses): string {
  const found = processes.length === 0 ? 'none found' : count(processes.length, 'process', 'processes');
  return hidden === 0
    ? found
    : `${found}; ${count(hidden, 'process', 'processes')} of other users could not be looked into`;
}

/** Says which versions a follower can have read last. */
export function mappedCell({ segment, versions }: FollowerProcess): string {
  if (segment === undefined) return 'nothing yet';
  if (versions === undefined) return `segment ${segment}, replaced`;
  const [oldest, newest] = versions;
  return oldest === newest ? `version ${newest}` : `versions ${oldest} to ${newest}`;
}

/** Says which segments without a name take space because of a follower; nothing where there are none. */
export function heldCell(follower: FollowerProcess): string {
  const old = follower.mapped.filter(({ deleted }) => deleted);
  return old.length === 0 ? '' : `${count(old.length, 'old segment')}, ${size(heldBytes(follower))}`;
}
