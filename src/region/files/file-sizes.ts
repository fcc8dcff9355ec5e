/** What the files of a region take. */
import { lstatSync } from 'node:fs';
import { systemError } from '../../errors.js';
import type { RegionPaths } from './paths.js';

/** The size of one file of a region. */
export interface FileSize {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Returns the control file and the segments that are there, with their sizes, oldest first. O(files in the directory).
 * @param names What `namesIn` returned for the directory, by default just now.
 * @throws `ERR_REGION_DENIED`, `ERR_SYSTEM`
 */
export function fileSizes(paths: RegionPaths, names?: readonly string[]): FileSize[] {
  const segments = paths.files(names).segments.sort((a, b) => a.number - b.number);
  return [paths.control, ...segments.map(({ path }) => path)].flatMap((path) => {
    const sizeBytes = sizeOf(path);
    return sizeBytes === undefined ? [] : { path, sizeBytes };
  });
}

/** Returns the bytes of the control file and all segments. O(files in the directory). @throws `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function totalBytes(paths: RegionPaths, names?: readonly string[]): number {
  return fileSizes(paths, names).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Undefined for a file that was removed since it was listed. A link is no file of a region: what it leads to does not count. */
function sizeOf(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.size;
  } catch (error) {
    throw systemError(error, `look at ${path}`);
  }
}
