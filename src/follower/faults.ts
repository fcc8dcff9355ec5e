/** What goes wrong with followers, in words: what failed, and what to do. */
import { JsonMmapError } from '../errors.js';

export function noDocument(name: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_REGION_NOT_FOUND',
    `the region ${name} has no document yet: wait for one with Follower.when`,
  );
}

export function closed(name: string): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the follower of ${name} has been closed: open it again`);
}

export function snapshotClosed(version: number): JsonMmapError {
  return new JsonMmapError('ERR_CLOSED', `the snapshot of version ${version} has been closed: take another one`);
}

export function noName(): JsonMmapError {
  return new JsonMmapError(
    'ERR_INVALID_NAME',
    'no region is named: pass its name, or set JSONMMAP_REGION in the environment',
  );
}

export function noVersion(version: unknown): JsonMmapError {
  const shown = typeof version === 'number' ? String(version) : `a ${typeof version}`;
  return new JsonMmapError('ERR_INVALID_ARG', `a version is a whole number from 1 on, not ${shown}`);
}
