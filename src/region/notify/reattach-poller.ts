/**
 * The memory of a region that was deleted never changes again, and a follower to which nobody listens watches no file. So it looks at each heartbeat
 * whether there are new segments, or another region in place of a removed one. That keeps no process alive, and no follower that is
 * forgotten without `close`.
 */
import { heartbeat, type Poll } from './poller.js';

/** What can look for a new segment or another region. It does not throw. */
export interface Reattachable {
  moveOn(): void;
}

/** Calls `moveOn` of `target` at each heartbeat, until the poll is closed or the target is forgotten. */
export function pollToReattach(target: Reattachable): Poll {
  const reference = new WeakRef(target);
  const poll = heartbeat.start(() => {
    const living = reference.deref();
    if (living === undefined) poll.close();
    else living.moveOn();
  });
  return poll;
}
