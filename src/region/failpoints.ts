/**
 * The instants at which a master or a remover can die and leave something half done: between every two actions that another
 * process can see. Tests stop a process at each of them; `spec/PROTOCOL.md` says what followers and the next master find.
 */
export const FAILPOINTS = [
  'lock:linked', // our generation lock is made, and nobody has checked whether it is the only one
  'lock:taken', // the lock is ours, nothing is claimed
  'file:begun', // a new file has its temporary name, and nothing in it
  'control:temporary', // a new control file is complete, under its temporary name
  'control:linked', // the control file has its name, the temporary name is still there
  'takeover:half-claimed', // the header names nobody, the master before is forgotten
  'takeover:claimed', // the header names the new master
  'takeover:restored', // ring and version word are what the durable commit slots say
  'takeover:orphan', // one file that nobody needs is gone
  'takeover:ready', // orphans are gone, the region can be written
  'segment:temporary', // a new segment file is complete, under its temporary name
  'segment:created', // the segment file has its name, no commit names it
  'slot:half', // half of a durable commit slot is written, the other slot names the newest version
  'slot:stored', // the slot names a version that is not visible yet, whose nodes survive power loss
  'slot:synced', // the slot survives power loss, too
  'growth:allocated', // the file is longer, nothing is written there
  'publish:nodes', // the nodes are in the segment, above the watermark
  'publish:half-record', // half of the commit record is written
  'publish:record', // the commit record is complete, the version word is old
  'publish:version', // the version word is new: the commit is visible
  'publish:notified', // followers are notified
  'switch:published', // the fresh segment is published, the old files are still there
  'switch:unlinked', // one old segment file is gone
  'close:released', // the header names no master, the lock is still held
  'removal:flagged', // the region is marked as removed
  'removal:segment', // one segment file is gone
  'removal:control', // the control file is gone, the locks are still there
  'removal:unlocked', // nothing is left
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let hook: ((name: Failpoint) => void) | undefined;

/** Marks the instant `name`. Costs a comparison. */
export function failpoint(name: Failpoint): void {
  if (hook !== undefined) hook(name);
}

/** Makes every later `failpoint` of this thread call `listener`; tests only. */
export function setFailpointHook(listener: ((name: Failpoint) => void) | undefined): void {
  hook = listener;
}
