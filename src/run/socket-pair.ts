/** Connected pairs of sockets, which Node cannot make by itself: what one end is written to, the other end can read. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemError } from '../errors.js';

export interface SocketPair {
  readonly write: Socket;
  readonly read: Socket;
}

/**
 * Makes `count` pairs. They are for child processes: nothing is read from them here, and none keeps this process alive. Nobody else can connect: the
 * socket lies in a directory of ours while they are made.
 * @throws `ERR_SYSTEM`, `ERR_NO_SPACE`, `ERR_REGION_DENIED` where the temporary directory cannot be written to
 */
export async function socketPairs(count: number): Promise<SocketPair[]> {
  let directory: string | undefined;
  const server = createServer({ pauseOnConnect: true });
  try {
    directory = mkdtempSync(join(tmpdir(), 'jsonmmap-'));
    const path = join(directory, 's');
    server.listen(path);
    await once(server, 'listening');
    const pairs: SocketPair[] = [];
    while (pairs.length < count) pairs.push(await socketPair(server, path));
    return pairs;
  } catch (error) {
    throw systemError(error, 'make the pipes for the output of followers');
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
