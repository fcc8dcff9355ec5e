/** Writes that other processes ask for. */
import type { JsonPatch } from '../format/compare/json-patch.js';
import type { WriteRequest } from '../write-requests/protocol.js';

/** The writes of a master that can be requested. */
export interface Writes {
  write(value: unknown): number;
  set(path: string, value: unknown): number;
  delete(path: string): number;
  patch(operations: JsonPatch): number;
  merge(patch: unknown): number;
}

/** Does what `request` says, and returns the version at which it is visible. @throws what the write throws */
export function applyRequest(master: Writes, request: WriteRequest): number {
  const { verb, path = '', value } = request;
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
