/** What goes wrong with followers, in words: what failed, and what to do. */
import { JsonMmapError } from '../errors.js';

export function noDocument(name: string): JsonMmapError {
  return new JsonMmapError('ERR_REGION_NOT_FOUND', `the region ${name} has no document yet`, {
    cure: `wait for one with Follower.when`,
  });
}

export function closed(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the follower of ${name} is closed`, { cure: `open it again` });
}

export function snapshotClosed(version: number): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the snapshot of version ${version} has been closed`, {
    cure: `take another one`,
  });
}

export function noName(): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_NAME', 'the name of the region is missing', {
    cure: 'pass it, or set JSONMMAP_REGION in the environment',
  });
}

export function noVersion(version: unknown): JsonMmapError {
  const shown = typeof version === 'number' ? String(version) : `a ${typeof version}`;
  return new JsonMmapError('ERR_INVALID_ARG', `version must be a whole number from 1 on, not ${shown}`);
}

export function regionGone(name: string, version: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_VERSION_GONE',
    `version ${version} is of a region ${name} that has been removed since`,
    { cure: `read patch and snapshot while the change is told` },
  );
}
