/** Sends an edit. */
import type { EditAnswer, EditRequest, ValueAnswer } from '../../api.js';
import { type RegionClient, RequestError } from '../client/request.js';
import type { LiveRegion } from '../live/live.js';
import type { DraftState } from './draft-state.js';

/** @throws `RequestError`, among others with `ERR_CONFLICT` where the document has moved on and the value with it */
export async function write({ client }: LiveRegion, draft: DraftState): Promise<EditAnswer> {
  let request = requestOf(draft);
  for (let attempts = 1; ; attempts++) {
    try {
      return await client.edit(request);
    } catch (error) {
      if (draft.base !== undefined || attempts === ATTEMPTS_MAX || !isConflict(error)) throw error;
      // Of a new key only the version can be compared: where other parts of the document have changed, it is still new.
      if ((await valueAt(client, draft.path)) !== undefined) throw error;
      const { version } = await client.children({ path: '', from: 0, count: 0 });
      request = { ...request, ifVersion: version };
    }
  }
}

const ATTEMPTS_MAX = 8;

function requestOf({ verb, path, base, baseVersion: ifVersion, text, restores }: DraftState): EditRequest {
  const what = { path, ifVersion, ...(base !== undefined && { before: JSON.parse(base) }) };
  if (verb === 'delete') return { ...what, verb };
  if (verb === 'restore') return { ...what, verb, version: restores ?? 0 };
  return { ...what, verb, value: JSON.parse(text) };
}

function isConflict(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'ERR_CONFLICT';
}

async function valueAt(client: RegionClient, path: string): Promise<ValueAnswer | undefined> {
  try {
    return await client.value(path);
  } catch (error) {
    if (error instanceof RequestError) return undefined; // nothing is there
    throw error;
  }
}

/** Returns what is at the path now, if that is why an edit was refused. */
export async function conflictOf(
  { client }: LiveRegion,
  path: string,
  error: Error,
): Promise<DraftState['conflict'] | undefined> {
  if (!isConflict(error)) return undefined;
  const value = await valueAt(client, path);
  if (value !== undefined) return { version: value.version, text: value.text };
  const { version } = await client.children({ path: '', from: 0, count: 0 });
  return { version, text: undefined };
}
