/**
 * The control socket of a master: other processes ask it for writes, and it does them in its own process, with its own schema. Only who
 * may write the region's files may connect: the socket has their mode, and nobody but the owner has write permission there.
 */
import { chmodSync, renameSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { debuglog } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import type { RegionPaths } from '../region/paths.js';
import { checkSocketPath } from './path.js';
import { errorAnswer, parseRequest, type WriteAnswer, type WriteRequest } from './protocol.js';

const REQUEST_MAX_CHARACTERS = 512 * 1024 * 1024 - 1024;
const IDLE_MS = 30_000;
const OWNER_ONLY = 0o177;

const debug = debuglog('jsonmmap');

/** Does a write, and returns its version, when it is there. */
type Writes = (request: WriteRequest) => number | Promise<number>;

export interface ControlServer {
  /** Stops listening and removes the socket. Idempotent. */
  close(): void;
}

/**
 * Listens beside the region's files and does what is asked with `write`. Does not keep the process alive. The socket gets its mode under a
 * temporary name and is moved to its place then, where it replaces one that a dead master left.
 * @throws `ERR_UNSUPPORTED` where the path is too long for a socket
 */
export function serveControl(paths: RegionPaths, mode: number, write: Writes): ControlServer {
  checkSocketPath(paths.socket);
  // Loaded here: a master that takes no requests, and every follower, does without it.
  const { createServer } = process.getBuiltinModule('node:net');
  const server = createServer({ allowHalfOpen: true }, (socket) => answer(socket, write));
  const bound = paths.temporary();
  server.on('error', (error) => debug('the control socket of %s failed: %o', paths.name, error));
  server.once('listening', () => {
    chmodSync(bound, mode);
    renameSync(bound, paths.socket);
  });
  listen(server, bound);
  server.unref();
  return { close: () => close(server, [bound, paths.socket]) };
}

/** Binds at once, in this call: the mask of the process keeps others out until the socket has its mode. Workers cannot set it. */
function listen(server: Server, path: string): void {
  if (!isMainThread) {
    server.listen(path);
    return;
  }
  const mask = process.umask(OWNER_ONLY);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
}

function close(server: Server, files: readonly string[]): void {
  if (!server.listening) return;
  server.close();
  for (const file of files) rmSync(file, { force: true });
}

function answer(socket: Socket, write: Writes): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', (error) => debug('a control connection broke: %o', error));
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > REQUEST_MAX_CHARACTERS) socket.destroy();
  });
  socket.on('end', async () => socket.end(JSON.stringify(await outcome(text, write))));
  socket.unref();
}

async function outcome(text: string, write: Writes): Promise<WriteAnswer> {
  try {
    return { version: await write(parseRequest(text)) };
  } catch (error) {
    return errorAnswer(error);
  }
}
