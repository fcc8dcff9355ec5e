/** Unlinking the files of a region. */

import { lstatSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, systemError } from '../../errors.js';
import type { OpenControl } from '../control/control-file.js';
import { failpoint } from '../failpoints.js';
import { unlinkIfThere } from '../files/files.js';
import type { RegionPaths } from '../files/paths.js';
import { syncWhole } from '../files/sync.js';

/** Brings the mark of a removal to the disk before anything is unlinked: power loss must not leave a region that lacks segments (I10). */
export function secureRemoval({ control, fd }: OpenControl): void {
  if (control.state.durable) syncWhole(fd, control.path);
}

/** Unlinks everything but the control file and the locks. */
export function unlinkContents(paths: RegionPaths): void {
  const { segments, temporaries } = paths.files();
  for (const { path } of segments) {
    unlinkIfThere(path);
    failpoint('removal:segment');
  }
  for (const path of temporaries) unlinkTemporary(path);
  unlinkIfThere(paths.socket);
  unlinkIfThere(paths.followers);
  unlinkIfThere(paths.upstream);
}

/** Unlinks a file that never got its name; or the directory in which a control socket was made, and the socket in it. */
export function unlinkTemporary(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    unlinkIfThere(path);
    return;
  }
  unlinkIfThere(temporarySocket(path));
  try {
    rmdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw systemError(error, `remove ${path}`);
  }
}

/**
 * What a control socket is called in its temporary `directory`, by the last digits of that: libuv unlinks the path at which it bound a socket once more when
 * it closes, so the path must never be that of another file.
 */
export function temporarySocket(directory: string): string {
  return join(directory, directory.slice(-'0123.tmp'.length, -'.tmp'.length));
}

/**
 * Unlinks the control file, after everything else but a lock that we hold (I10). While it is there, marked as removed, the next process knows
 * what to finish; when it is gone, nothing more is unlinked that could belong to a new region.
 */
export function unlinkControl(paths: RegionPaths): void {
  unlinkIfThere(paths.control);
  failpoint('removal:control');
}

/** Unlinks the control socket that a dead master left behind; false where there is none. A file of another kind at its path stays. */
export function unlinkSocket({ socket }: RegionPaths): boolean {
  if (!isSocket(socket)) return false;
  unlinkIfThere(socket);
  return true;
}

export function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
