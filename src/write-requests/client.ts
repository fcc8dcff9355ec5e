/** Asking a living master for a write. */
import { Buffer } from 'node:buffer';
import { createConnection, type Socket } from 'node:net';
import { errnoOf, JsonMmapError, systemError } from '../errors.js';
import { directoryToRead, RegionPaths } from '../region/files/paths.js';
import { namedHolder } from '../region/mastership/holders.js';
import { asOneText } from '../stringify-limits.js';
import { mmapSystem } from '../system/system.js';
import { reportOf, resultOf, versionOf } from './answer.js';
import { tooLong } from './arrival.js';
import { ANSWER_MAX_BYTES, CONTROL_LIMITS } from './limits.js';
import {
  ourselves,
  protocolOf,
  QUESTION_PROTOCOL,
  type Question,
  type Request,
  TASK_PROTOCOL,
  type Task,
  type TaskRequest,
  type WriteRequest,
} from './protocol.js';
import type { MasterReport } from './report.js';
import { findSocket } from './socket-file.js';

export interface AskOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** How long the master may do nothing: neither take more of the request nor answer. Default 10,000, and 100 more for each MiB of it. */
  readonly timeoutMs?: number | undefined;
  /** What this process calls itself; default the name of its program. */
  readonly as?: string | undefined;
}

const TIMEOUT_MS = 10_000;
const TIMEOUT_PER_MIB_MS = 100;
const MIB = 1024 * 1024;

/**
 * Asks the master of region `name` for a write; undefined where none takes requests. The write is visible when this resolves.
 * @throws what the write throws in the master; `ERR_CONFLICT` with `version` and `expected` where `write.ifVersion` is not the version of
 *   the document; `ERR_REGION_DENIED` where only its owner may ask, or the socket is not that of a master to be trusted; `ERR_REQUEST`
 *   where the master is of another version of jsonmmap; `ERR_UNANSWERED` with the `pid` of a master that does not answer: whether the write
 *   is done is not known then; `ERR_TOO_LARGE`
 */
export async function requestWrite(
  name: string,
  options: AskOptions,
  write: WriteRequest,
): Promise<{ version: number } | undefined> {
  const request = { protocol: protocolOf(write), region: name, by: ourselves(options.as), write };
  const answer = await ask(name, options, request);
  return answer === undefined ? undefined : { version: versionOf(answer) };
}

/**
 * Asks the master of region `name` for its report; undefined where none takes requests.
 * @throws as `requestWrite`
 */
export async function requestReport(name: string, options: AskOptions): Promise<MasterReport | undefined> {
  const { as } = options;
  const answer = await ask(name, options, {
    protocol: QUESTION_PROTOCOL,
    region: name,
    by: ourselves(as),
    question: 'report',
  });
  return answer === undefined ? undefined : reportOf(answer);
}

/**
 * Asks the program that is the master of region `name` for a task, and returns what it has come to; undefined where none takes requests.
 * @throws as `requestWrite`; `ERR_UNSUPPORTED` where the program has no such tasks
 */
export async function requestTask(name: string, options: AskOptions, task: Task): Promise<object | undefined> {
  const by = ourselves(options.as);
  const answer = await ask(name, options, { protocol: TASK_PROTOCOL, region: name, by, task });
  return answer === undefined ? undefined : resultOf(answer);
}

/** Returns the text of the answer; undefined where no master takes requests. */
async function ask(
  name: string,
  { dir, timeoutMs }: AskOptions,
  request: Request | Question | TaskRequest,
): Promise<string | undefined> {
  const paths = new RegionPaths(name, directoryToRead(dir, undefined));
  const file = findSocket(paths.socket);
  if (file === undefined) return undefined;
  try {
    const socket = await connected(file.path, paths, timeoutMs ?? TIMEOUT_MS);
    if (socket === undefined) return undefined;
    const text = textOf(request, socket);
    return await exchanged(socket, text, paths, timeoutMs ?? timeoutFor(text));
  } finally {
    file.close();
  }
}

/** Undefined if no process listens. */
function connected(path: string, paths: RegionPaths, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, allowHalfOpen: true });
    const onTimeout = (): void => {
      socket.destroy();
      reject(unanswered(paths, `takes no connection within ${timeoutMs} ms`, 'The write is not done.'));
    };
    const onError = (error: unknown): void => {
      const errno = errnoOf(error);
      // EINVAL: a path that is too long for a socket, so no master listens there.
      if (['EINVAL', 'ENAMETOOLONG', 'ENOENT', 'ECONNREFUSED'].includes(errno ?? '')) resolve(undefined);
      else if (errno === 'EAGAIN') reject(unanswered(paths, 'takes no more connections', 'The write is not done.'));
      else reject(systemError(error, `ask the master of ${paths.name} for a write`));
    };
    socket.setTimeout(timeoutMs, onTimeout);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('timeout', onTimeout).off('error', onError);
      resolve(socket);
    });
  });
}

/** Made only when a master listens: a caller that writes as the master itself does not need the text. */
function textOf(request: Request | Question | TaskRequest, socket: Socket): string {
  try {
    const text = asOneText(() => JSON.stringify(request), 'to be sent to the master', 'write it in the master itself');
    const { requestMaxBytes } = CONTROL_LIMITS;
    if (Buffer.byteLength(text) > requestMaxBytes) throw tooLong(requestMaxBytes);
    return text;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Sends `text` and returns the answer; time counts from the last byte that went either way. */
function exchanged(socket: Socket, text: string, paths: RegionPaths, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const end = (error?: JsonMmapError): void => {
      socket.destroy();
      if (error === undefined) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(error);
    };
    const endWithout = (): void =>
      sizeBytes > 0 ? end() : end(unanswered(paths, 'ended before it answered', UNKNOWN));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > ANSWER_MAX_BYTES) end(unanswered(paths, 'answers without end', UNKNOWN));
    });
    socket.once('end', endWithout);
    socket.on('error', endWithout); // reset: what it had answered by then, if anything, is there
    socket.setTimeout(timeoutMs, () => end(unanswered(paths, `does not answer within ${timeoutMs} ms`, UNKNOWN)));
    socket.end(text);
  });
}

function timeoutFor(text: string): number {
  return TIMEOUT_MS + Math.ceil(text.length / MIB) * TIMEOUT_PER_MIB_MS;
}

const UNKNOWN = 'Whether the write is done, or will be, is not known: look whether it is there before you repeat it.';

function unanswered(paths: RegionPaths, what: string, state: string): JsonMmapError {
  const { pid, elsewhere } = namedHolder(mmapSystem(), paths);
  const who = pid === undefined ? '' : ` (process ${pid}${elsewhere ? ' of another pid namespace' : ''})`;
  return new JsonMmapError('ERR_UNANSWERED', `the master of ${paths.name}${who} ${what}. ${state}`, { pid, elsewhere });
}
