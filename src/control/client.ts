/** Asking a living master for a write. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { errnoOf, JsonMmapError, systemError } from '../errors.js';
import { asOneText } from '../one-text.js';
import { directoryToRead, RegionPaths } from '../region/paths.js';
import { versionOf, type WriteRequest } from './protocol.js';

/**
 * Asks the master of region `name` for a write; undefined where none takes requests. The write is visible when this resolves.
 * @throws what the write throws in the master; `ERR_REGION_DENIED` where only its owner may ask
 */
export async function requestWrite(
  name: string,
  { dir }: { dir?: string | undefined },
  request: WriteRequest,
): Promise<{ version: number } | undefined> {
  const { socket } = new RegionPaths(name, directoryToRead(dir, undefined));
  try {
    return { version: versionOf(await exchanged(socket, request)) };
  } catch (error) {
    if (error instanceof JsonMmapError) throw error;
    const errno = errnoOf(error);
    // EINVAL: a path that is too long for a socket, so no master listens there.
    if (
      errno === 'EINVAL' ||
      errno === 'ENAMETOOLONG' ||
      errno === 'ENOENT' ||
      errno === 'ECONNREFUSED' ||
      errno === 'ENOTDIR'
    )
      return undefined;
    throw systemError(error, `ask the master of ${name} for a write`);
  }
}

async function exchanged(path: string, request: WriteRequest): Promise<string> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    socket.setEncoding('utf8');
    socket.end(textOf(request));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    if (answer === '')
      throw new JsonMmapError(
        'ERR_SYSTEM',
        'the master ended before it answered: look whether the write is there, and try again',
      );
    return answer;
  } finally {
    socket.destroy();
  }
}

/** Made when a master listens: who writes as the master itself has no use for the text. */
function textOf(request: WriteRequest): string {
  return asOneText(() => JSON.stringify(request), 'to be sent to the master', 'write it in the master itself');
}
