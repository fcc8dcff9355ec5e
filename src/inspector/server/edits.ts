/** Changes that a page asks for. They go to the region's master, over its own socket, and nowhere else. */
import type { IncomingMessage } from 'node:http';
import { JsonMmapError } from '../../errors.js';
import { requestWrite } from '../../write-requests/client.js';
import type { WriteRequest } from '../../write-requests/protocol.js';
import type { EditAnswer, EditRequest } from '../api.js';
import { BadRequest } from './answers.js';
import { type Session, type Where, withSnapshot } from './session.js';

/** The socket of a master takes more; a page that edits by hand needs less. */
const BODY_MAX_BYTES = 16 * 2 ** 20;

/**
 * Has the master make a change, if what the page saw is still there.
 * @throws `ERR_CONFLICT`, and what the write throws in the master; `ERR_REGION_LOCKED` where no master takes requests; `ERR_VERSION_GONE`; `BadRequest`
 */
export async function edit(session: Session, where: Where, request: IncomingMessage): Promise<EditAnswer> {
  const { name } = session.follower;
  const asked = checked(await bodyOf(request));
  const write = await writeOf(session, asked);
  try {
    const answer = await requestWrite(name, { dir: where.dir, as: 'jsonmmap inspect' }, write);
    if (answer !== undefined) return answer;
  } catch (error) {
    throw error instanceof JsonMmapError && error.code === 'ERR_PATCH_TEST_FAILED' ? conflict(name, asked) : error;
  }
  throw new JsonMmapError('ERR_REGION_LOCKED', `no master of ${name} takes requests, so nothing was changed`, {
    cure: 'open the master with { control: true }, or publish with jsonmmap run',
  });
}

/** A write that the master does only where the document is what the page saw: at the path, or, where nothing was there, at all. */
async function writeOf(session: Session, asked: EditRequest): Promise<WriteRequest> {
  const { path, before, ifVersion } = asked;
  const value = await wantedValue(session, asked);
  if (before === undefined) {
    if (value === undefined) throw new BadRequest(400, 'what is deleted has a value before');
    return { verb: 'set', path, value, ifVersion };
  }
  const change = value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
  return { verb: 'patch', value: [{ op: 'test', path, value: before }, change] };
}

/** Undefined where nothing is to be at the path. */
function wantedValue(session: Session, asked: EditRequest): unknown {
  if (asked.verb === 'set') return asked.value;
  if (asked.verb === 'delete') return undefined;
  return withSnapshot(session, asked.version, (snapshot) => snapshot.get(asked.path));
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

const VERBS: ReadonlySet<unknown> = new Set<EditRequest['verb']>(['set', 'delete', 'restore']);

function checked(body: unknown): EditRequest {
  const { verb, path, ifVersion, value, version } = (body ?? {}) as Record<string, unknown>;
  if (!VERBS.has(verb)) throw new BadRequest(400, 'verb must be set, delete or restore');
  if (typeof path !== 'string') throw new BadRequest(400, 'path must be a JSON pointer');
  if (!isVersion(ifVersion)) throw new BadRequest(400, 'ifVersion must be the version that the person saw');
  if (verb === 'set' && value === undefined) throw new BadRequest(400, 'set needs a value');
  if (verb === 'restore' && !isVersion(version)) throw new BadRequest(400, 'restore needs a version');
  return body as EditRequest;
}

function isVersion(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function conflict(name: string, { path }: EditRequest): JsonMmapError {
  const what = path === '' ? 'the document' : `the value at ${path}`;
  return new JsonMmapError('ERR_CONFLICT', `${what} of ${name} has become another one, so nothing was changed`, {
    cure: 'look at the new value, and decide again',
  });
}
