/**
 * The control socket of a master: other processes ask it for writes, and it does them in its own process, with its own schema. Only who
 * may write the region's files may connect: the socket has their mode, and nobody but the owner has write permission there.
 */
import { chmodSync, lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { debuglog } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { JsonMmapError } from '../errors.js';
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
 * @throws `ERR_UNSUPPORTED` where the path is too long for a socket, `ERR_REGION_DENIED` where a directory has its place
 */
export function serveControl(paths: RegionPaths, mode: number, write: Writes): ControlServer {
  checkSocketPath(paths.socket);
  checkPlace(paths.socket);
  // Loaded here: a master that takes no requests, and every follower, does without it.
  const { createServer } = process.getBuiltinModule('node:net');
  const server = createServer({ allowHalfOpen: true }, (socket) => answer(socket, write));
  const bound = paths.temporary();
  server.on('error', (error) => debug('the control socket of %s failed: %o', paths.name, error));
  let ours: Stats | undefined;
  server.once('listening', () => {
    ours = place(bound, paths.socket, mode);
  });
  listen(server, bound);
  server.unref();
  return {
    close: () => {
      if (!server.listening) return;
      server.close();
      rmSync(bound, { force: true });
      removeOurs(paths.socket, ours);
    },
  };
}

/** A socket cannot be moved there. Anything else is replaced, and links are not followed. */
function checkPlace(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new JsonMmapError(
    'ERR_REGION_DENIED',
    `${path} is not trusted: it is a directory, where the control socket has to be; remove it, or do without control`,
  );
}

/** Gives the socket its mode, then its name; says which file it is. Nobody could catch what is thrown here. */
function place(bound: string, path: string, mode: number): Stats | undefined {
  try {
    chmodSync(bound, mode);
    renameSync(bound, path);
    return lstatSync(path);
  } catch (error) {
    debug('the control socket has no place at %s: %o', path, error);
    return undefined;
  }
}

/** Another master may have taken the region, and put a socket of its own there. */
function removeOurs(path: string, ours: Stats | undefined): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.ino === ours?.ino && there?.dev === ours?.dev) rmSync(path, { force: true });
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
