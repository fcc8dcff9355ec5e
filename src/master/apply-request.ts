/** Writes that other processes ask for. */
import type { JsonPatch } from '../format/compare/diff.js';
import type { WriteRequest } from '../write-requests/protocol.js';
import type { Master } from './master.js';

/** Does what `request` says, and returns the version at which it is visible. @throws what the write throws */
export function applyRequest(
  master: Pick<Master, 'write' | 'set' | 'delete' | 'patch' | 'merge'>,
  request: WriteRequest,
): number {
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
