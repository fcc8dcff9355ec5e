/**
 * The control socket of a master: other processes ask it for writes, and it does them in its own process, with its own schema. Only who
 * may write the region's files may connect: the socket has their mode, and only the owner has write permission there.
 *
 * No request ends or blocks the master, however it is formed: it is measured while it arrives (`arrival.ts`), everything from its last byte to
 * the answer runs in one guarded call, and what it throws becomes the answer.
 */
import { lstatSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { JsonMmapError } from '../errors.js';
import { denied } from '../region/errors.js';
import type { RegionPaths } from '../region/files/paths.js';
import { answerable, type Outcome } from './answer.js';
import { PendingBytes } from './arrival.js';
import { type Conversations, converse } from './conversation.js';
import { CONTROL_LIMITS, type ControlLimits } from './limits.js';
import { checkSocketPath } from './path.js';
import {
  parseRequest,
  type Request,
  type RequestEvent,
  type Requester,
  type Task,
  type WriteRequest,
} from './protocol.js';
import type { MasterReport } from './report.js';
import { placeSocket, removeSocket } from './socket-file.js';

/** What a control socket does with requests. */
export interface Serving {
  /** Does a write, and returns its version, when it is there. */
  readonly write: (request: WriteRequest) => number | Promise<number>;
  /** Returns what a question for the report is answered with. */
  readonly report: () => MasterReport;
  /** Does a task of the program around the master, and returns what it has come to. */
  readonly task: (task: Task, by: Requester) => Promise<object>;
  /** Told of each write that was understood, after its end. */
  readonly told: (event: RequestEvent) => void;
}

export interface ControlServer {
  /** Stops listening and removes the socket. Idempotent. */
  close(): void;
}

/**
 * Listens beside the region's files and does what is asked. Does not keep the process alive. The socket replaces one that a dead master left.
 * @throws `ERR_UNSUPPORTED` where the path is too long for a socket, `ERR_REGION_DENIED` where a directory has that path, `ERR_NO_SPACE`, `ERR_SYSTEM`
 */
export function serveControl(
  paths: RegionPaths,
  mode: number,
  serving: Serving,
  limits: ControlLimits = CONTROL_LIMITS,
): ControlServer {
  checkSocketPath(paths.socket);
  checkPlace(paths.socket);
  // Loaded here: a master that takes no requests, and every follower, does without it.
  const { createServer } = process.getBuiltinModule('node:net');
  const conversations: Conversations = {
    limits,
    pending: new PendingBytes(limits.pendingMaxBytes),
    open: new Set(),
    refused: new Set(),
  };
  const apply = (text: string) => outcome(paths.name, text, serving, limits);
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => converse(socket, conversations, apply));
  server.on('error', (error) => warn(paths.name, error));
  const placed = placeSocket(paths, mode, (path) => listen(server, path));
  server.unref();
  return {
    close: () => {
      if (!server.listening) return;
      server.close();
      removeSocket(paths.socket, placed);
    },
  };
}

/** A socket cannot be moved there. Anything else is replaced, and links are not followed. */
function checkPlace(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw denied(path, 'it is a directory, and the control socket has to be there', {
    cure: 'remove it, or open the master without control',
  });
}

/** Binds at once, in this call. In a worker of a cluster the primary process would do so otherwise, later and in its own way. */
function listen(server: Server, path: string): void {
  server.listen({ path, exclusive: true });
  if (!server.listening) throw new JsonMmapError('ERR_SYSTEM', `could not bind the control socket ${path}`);
}

/** Connections that cannot be taken, for want of descriptors for instance, are lost; the master is not. */
function warn(name: string, error: Error): void {
  process.emitWarning(`the control socket of ${name} failed: ${error.message}`, 'JsonMmapWarning');
}

async function outcome(
  region: string,
  text: string,
  { write, report, task, told }: Serving,
  limits: ControlLimits,
): Promise<Outcome> {
  let request: Request | undefined;
  let result: { version: number } | { error: JsonMmapError };
  try {
    const asked = parseRequest(text, region, limits.depthMax);
    if ('question' in asked) return { report: report() };
    if ('task' in asked) return { result: await task(asked.task, asked.by) };
    request = asked;
    result = { version: await write(request.write) };
  } catch (thrown) {
    result = { error: answerable(thrown) };
  }
  if (request !== undefined) {
    const { by, write: asked } = request;
    const { verb, path, ifVersion } = asked;
    told({ verb, ...(path !== undefined && { path }), ...(ifVersion !== undefined && { ifVersion }), by, ...result });
  }
  return result;
}
