/** What the durable commit slots say of a region: to a reader, and to a master that takes over. */
import { bootMark } from '../../system/boot.js';
import { corrupt } from '../errors.js';
import { failpoint } from '../failpoints.js';
import type { Control } from './control.js';
import type { Commit } from './record.js';

/** Returns the commits in the durable commit slots that are whole, newest first; none of a region that is not durable. */
export function durableCommits({ state, slots }: Control): Commit[] {
  return state.durable ? slots.read() : [];
}

/**
 * Makes a reader find the durable commits where no master has restored them since the machine booted. Later the slots say nothing to
 * readers: they are ahead of what is published.
 */
export function presumeDurableCommits(control: Control): void {
  const boot = bootMark();
  if (boot === 0 || !control.state.durable) return;
  const found = control.slots.read();
  // A master that restores says so before it writes a slot: if none has said so by now, the slots still hold what the disk kept.
  if (control.state.restoredIn !== boot) control.ring.presume(found);
}

/**
 * Brings ring and version word up to the durable commit slots: after power loss they may lag, after the death of a master between slot and publish
 * too. The version in the slot is published then, because power loss could bring it back at any time (I15).
 * @throws `ERR_REGION_CORRUPT` where word and slots contradict each other
 */
export function restoreDurableCommits(control: Control): void {
  const found = durableCommits(control);
  if (found.length === 0) return;
  const { ring } = control;
  const word = ring.version();
  const newest = found[0].version;
  if (newest < word || newest > word + found.length)
    throw corrupt(control.path, `its newest version is ${word}, and its durable commit slots say ${newest}`);
  for (const commit of found.reverse()) {
    if (commit.version > ring.version()) ring.publish(commit);
    else ring.restore(commit);
  }
  failpoint('takeover:restored');
}
