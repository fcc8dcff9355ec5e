/** Connected pairs of sockets, which Node cannot make by itself: what one end is written to, the other end can read. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { JsonMmapError, systemError } from '../errors.js';
import { makeTemporaryDirectory } from './temporary-directory.js';

export interface SocketPair {
  readonly write: Socket;
  readonly read: Socket;
}

/**
 * Makes `count` pairs. They are for child processes: nothing is read from them here, and none keeps this process alive. Nobody else can connect: the
 * socket lies in a private directory while they are made.
 * @throws `ERR_SYSTEM`, `ERR_NO_SPACE`, `ERR_REGION_DENIED` where the temporary directory cannot be written to
 */
export async function socketPairs(count: number): Promise<SocketPair[]> {
  let directory: string | undefined;
  const server = createServer({ pauseOnConnect: true });
  try {
    directory = makeTemporaryDirectory();
    const path = join(directory, 's');
    server.listen(path);
    await once(server, 'listening');
    chmodSync(path, 0o600); // bind has left what the umask leaves, and connecting needs to write
    const pairs: SocketPair[] = [];
    while (pairs.length < count) pairs.push(await socketPair(server, path));
    return pairs;
  } catch (error) {
    throw error instanceof JsonMmapError ? error : systemError(error, 'make the pipes for the output of followers');
  } finally {
    server.close();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function socketPair(server: Server, path: string): Promise<SocketPair> {
  const write = createConnection(path).pause();
  const [[read]] = (await Promise.all([once(server, 'connection'), once(write, 'connect')])) as [[Socket], unknown];
  for (const socket of [write, read]) socket.on('error', () => {}).unref();
  return { write, read };
}
