/**
 * Whom this process trusts with the files that it maps: itself, root, and one owner whom the caller names. Who may write to a file may
 * also cut it short, which kills a process that reads the removed part; so no other user may have write permission.
 *
 * "Itself" is the effective user: the kernel checks access by that id and gives new files to it.
 */
import type { Stats } from 'node:fs';

/** Why something must not be used, in words that complete "… cannot be trusted: ". */
export interface Distrust {
  readonly fault: 'type' | 'owner' | 'mode';
  readonly reason: string;
}

/** Returns the user as whom this process opens and creates files; undefined where the system has no numbers for users. */
export function ownUser(): number | undefined {
  return process.geteuid?.();
}

/** Whether this process trusts user `uid`: ourselves, root, or `owner`. Everybody where the system has no numbers for users. */
export function trusts(uid: number, owner?: number): boolean {
  const us = ownUser();
  return us === undefined || [us, 0, owner].includes(uid);
}

/**
 * Returns why `stats` must not be trusted; undefined when it may be. Where the system has no numbers for users only the type counts.
 * @param type What it has to be. Take `stats` from `lstat` or from an open descriptor: a link is neither.
 * @param owner A user to trust beside ourselves and root.
 */
export function distrust(stats: Stats, type: 'file' | 'directory', owner?: number): Distrust | undefined {
  if (stats.isSymbolicLink()) return { fault: 'type', reason: 'it is a symbolic link' };
  if (type === 'file' && !stats.isFile()) return { fault: 'type', reason: 'it is not a regular file' };
  if (type === 'directory' && !stats.isDirectory()) return { fault: 'type', reason: 'it is not a directory' };
  if (ownUser() === undefined) return undefined;
  if (!trusts(stats.uid, owner)) return { fault: 'owner', reason: `it belongs to user ${stats.uid}` };
  if ((stats.mode & 0o022) !== 0) return { fault: 'mode', reason: 'other users may write to it' };
  return undefined;
}
