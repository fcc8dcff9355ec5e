/** Sends an edit. */
import type { EditAnswer, EditRequest } from '../../api.js';
import { RequestError } from '../client/request.js';
import type { LiveRegion } from '../live/live.js';
import type { DraftState } from './use-draft.js';

/** @throws `RequestError`, among others with `ERR_CONFLICT` where the document has moved on and the value with it */
export function write({ client }: LiveRegion, draft: DraftState): Promise<EditAnswer> {
  return client.edit(requestOf(draft));
}

function requestOf({ verb, path, baseVersion: ifVersion, text, restores }: DraftState): EditRequest {
  if (verb === 'delete') return { verb, path, ifVersion };
  if (verb === 'restore') return { verb, path, ifVersion, version: restores ?? 0 };
  return { verb, path, ifVersion, value: JSON.parse(text) };
}

/** Returns what is at the path now, if that is why an edit was refused. */
export async function conflictOf(
  { client }: LiveRegion,
  path: string,
  error: Error,
): Promise<DraftState['conflict'] | undefined> {
  if (!(error instanceof RequestError) || error.code !== 'ERR_CONFLICT') return undefined;
  try {
    const { version, text } = await client.value(path);
    return { version, text };
  } catch {
    const { version } = await client.children({ path: '', from: 0, count: 0 });
    return { version, text: undefined }; // nothing is there any more
  }
}
