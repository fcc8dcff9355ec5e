/**
 * The anchors of a durable region: the commit records of its two newest versions, which reach the disk before the ring and the version word do.
 * Whatever power loss left of those, the anchors say what they should be (I13, I14).
 */
import { bootMark } from '../../system/boot.js';
import { corrupt } from '../errors.js';
import { failpoint } from '../failpoints.js';
import { ANCHORS } from '../files/layout.js';
import type { Control } from './control.js';
import type { Commit } from './record.js';

/** Returns the anchors that are whole, newest first; none of a region that is not durable. */
export function anchors(control: Control): Commit[] {
  if (!control.durable) return [];
  const found = Array.from({ length: ANCHORS }, (_, index) => control.readAnchor(index) ?? []).flat();
  return found.sort((a, b) => b.version - a.version);
}

/**
 * Makes a reader find the anchored versions where no master has restored them since the machine booted. Later the anchors say nothing to
 * readers: they are ahead of what is published.
 */
export function presumeAnchored(control: Control): void {
  const boot = bootMark();
  if (boot === 0 || !control.durable) return;
  const found = anchors(control);
  // Whoever restores says so before he touches an anchor: if nobody has said so by now, what was just read is what the disk kept.
  if (control.restoredIn !== boot) control.presume(found);
}

/**
 * Brings ring and version word up to the anchors: after power loss they may lag, after the death of a master between anchor and commit too. The
 * anchored version is published then, because power loss could bring it back at any time.
 * @throws `ERR_REGION_CORRUPT` where word and anchors contradict each other
 */
export function restoreAnchored(control: Control): void {
  const found = anchors(control);
  if (found.length === 0) return;
  const word = control.version();
  const newest = found[0].version;
  if (newest < word || newest > word + found.length)
    throw corrupt(control.path, `its newest version is ${word}, and its anchors say ${newest}`);
  for (const commit of found.reverse()) {
    if (commit.version > control.version()) control.publish(commit);
    else control.restoreRecord(commit);
  }
  failpoint('takeover:restored');
}
