/** Blocks until a file or a directory is on the disk: for what is done once. */
import { closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { JsonMmapError, systemError } from '../../errors.js';

/** Blocks until an open file is on its disk with all that belongs to it, its mode included. */
export function syncWhole(fd: number, path: string): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    throw systemError(error, `sync ${path} to its disk`);
  }
}

/** Blocks until the names in `directory` are on its disk: files that are new, renamed or gone. @throws `ERR_SYSTEM` */
export function syncDirectory(directory: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    fsyncSync(fd);
  } catch (error) {
    throw systemError(error, `sync the directory ${directory} to its disk`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The same for those above it on the same disk: `directory` may be as new as what is in it. @throws `ERR_SYSTEM` */
export function syncDirectoriesAbove(directory: string): void {
  const { dev } = statSync(directory);
  for (let below = directory; ; ) {
    const above = dirname(below);
    if (above === below || statSync(above).dev !== dev) return;
    syncReadable(above);
    below = above;
  }
}

/** A directory that this process may not read is not one in which it has made anything. */
function syncReadable(directory: string): void {
  try {
    syncDirectory(directory);
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_DENIED') throw error;
  }
}
