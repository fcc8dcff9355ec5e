/** Waiting until what was done once to a file, or to a directory, is on the disk. */
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { systemError } from '../errors.js';

/** Blocks until an open file is on its disk with all that belongs to it, its mode included. */
export function syncWhole(fd: number, path: string): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    throw systemError(error, `bring ${path} to its disk`);
  }
}

/** Blocks until the names in `directory` are on its disk: files that are new, renamed or gone. @throws `ERR_SYSTEM` */
export function syncDirectory(directory: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    fsyncSync(fd);
  } catch (error) {
    throw systemError(error, `bring the directory ${directory} to its disk`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
