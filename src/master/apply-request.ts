/** Writes that other processes ask for. */
import type { JsonPatch } from '../format/compare/json-patch.js';
import { conflict } from '../region/errors.js';
import type { WriteRequest } from '../write-requests/protocol.js';

/** The writes of a master that can be requested. */
export interface Writes {
  /** The version at which everything that was written so far is visible, now or soon. */
  readonly logState: { readonly version: number };
  write(value: unknown): number;
  set(path: string, value: unknown): number;
  delete(path: string): number;
  patch(operations: JsonPatch): number;
  merge(patch: unknown): number;
}

/**
 * Does what `request` says, and returns the version at which it is visible. A version that another process has read is visible, and every write since then,
 * visible or not, has made the version higher; nothing comes between the comparison and the write, which are one synchronous call: so a write with
 * `ifVersion` is done to the document that its requester has read, or not at all.
 * @throws what the write throws; `ERR_CONFLICT` where the document has another version than `ifVersion`
 */
export function applyRequest(master: Writes, request: WriteRequest): number {
  const { verb, path = '', value, ifVersion } = request;
  if (ifVersion !== undefined) checkVersion(master.logState.version, ifVersion);
  switch (verb) {
    case 'write':
      return master.write(value);
    case 'set':
      return master.set(path, value);
    case 'delete':
      return master.delete(path);
    case 'patch':
      return master.patch(value as JsonPatch);
    case 'merge':
      return master.merge(value);
  }
}

function checkVersion(version: number, expected: number): void {
  if (version !== expected) throw conflict(expected, version);
}
