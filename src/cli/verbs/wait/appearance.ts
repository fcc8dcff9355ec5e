/** Waiting for a region that is not there yet. */
import { basename } from 'node:path';
import { JsonMmapError } from '../../../errors.js';
import type { Follower } from '../../../follower/follower.js';
import { directoryToRead, RegionPaths } from '../../../region/files/paths.js';
import { DirectoryWatches } from '../../../sources/directory-watches.js';
import type { Where } from '../../command.js';
import { openFollower } from '../../region.js';

/** A file that has come is followed by a document within milliseconds, and a store to a mapping raises no event: the first looks come quickly. */
const FIRST_PAUSE_MS = 5;
/** The later ones are for file systems without events, and for a master that publishes its first document long after it has made its files. */
const LONGEST_PAUSE_MS = 500;

/**
 * Resolves with a follower of the region as soon as it has a document: woken by events of its directory.
 * @throws the reason of `signal`, what `Follower.open` throws
 */
export async function appeared(name: string, where: Where, signal: AbortSignal): Promise<Follower> {
  let pauseMs = FIRST_PAUSE_MS;
  let wake = (): void => {};
  const watches = new DirectoryWatches(() => {
    pauseMs = FIRST_PAUSE_MS;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      watches.set(filesOf(name, where)); // first: what comes after the look raises an event
      const follower = openIfThere(name, where);
      if (follower !== undefined) return follower;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    watches.close();
  }
}

/** Undefined where there is no region, or none with a document. */
export function openIfThere(name: string, where: Where): Follower | undefined {
  try {
    return openFollower(name, where);
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The first segment gets its name just before the first document is published. */
function filesOf(name: string, { dir, owner }: Where): Map<string, Set<string>> {
  const paths = new RegionPaths(name, directoryToRead(dir, owner));
  return new Map([[paths.directory, new Set([basename(paths.control), basename(paths.segment(1))])]]);
}
