/** Changes that a page asks for. They go to the region's master, over its own socket, and nowhere else. */
import type { IncomingMessage } from 'node:http';
import { JsonMmapError } from '../../errors.js';
import { requestWrite } from '../../write-requests/client.js';
import { BadRequest } from './answers.js';
import type { Session, Where } from './session.js';

/** What the master's socket takes is more; a page that edits by hand needs less. */
const BODY_MAX_BYTES = 16 * 2 ** 20;

interface Edit {
  readonly verb: 'set' | 'delete';
  readonly path: string;
  readonly value?: unknown;
  /** The version that the person was looking at: the change is refused when the value has changed since. */
  readonly ifVersion: number;
}

/**
 * Does an edit. Refused when the region's version is not the one that the page shows.
 * @throws `ERR_CONFLICT`, and what the write throws in the master; `ERR_REGION_LOCKED` where no master takes requests; `BadRequest`
 */
export async function edit(
  name: string,
  { follower }: Session,
  where: Where,
  request: IncomingMessage,
): Promise<{ version: number }> {
  const { verb, path, value, ifVersion } = checked(await bodyOf(request));
  const write = verb === 'set' ? { verb, path, value } : { verb, path };
  if (follower.version !== ifVersion) throw moved(name, ifVersion, follower.version);
  const answer = await requestWrite(name, { dir: where.dir, as: 'jsonmmap inspect' }, write);
  if (answer !== undefined) return answer;
  throw new JsonMmapError('ERR_REGION_LOCKED', `no master of ${name} takes requests, so nothing was changed`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type'] !== 'application/json') throw new BadRequest(415, 'the body must be JSON');
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_MAX_BYTES) throw new BadRequest(413, `the body is longer than ${BODY_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadRequest(400, 'the body is not JSON');
  }
}

function checked(body: unknown): Edit {
  const { verb, path, ifVersion, value } = (body ?? {}) as Partial<Edit>;
  if (verb !== 'set' && verb !== 'delete') throw new BadRequest(400, 'verb must be set or delete');
  if (typeof path !== 'string') throw new BadRequest(400, 'path must be a JSON pointer');
  if (!Number.isSafeInteger(ifVersion)) throw new BadRequest(400, 'ifVersion must be the version that was edited');
  if (verb === 'set' && value === undefined) throw new BadRequest(400, 'set needs a value');
  return { verb, path, value, ifVersion: ifVersion as number };
}

function moved(name: string, seen: number, now: number): JsonMmapError {
  return new JsonMmapError('ERR_REQUEST', `${name} is at version ${now}; the edit was made on version ${seen}`);
}
