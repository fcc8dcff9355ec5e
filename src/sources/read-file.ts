/** Reads a named file, and never waits for something that is not a file. */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CommandError } from '../command-error.js';
import { errnoOf, JsonMmapError } from '../errors.js';
import { TIMEOUT_MS, tooSlow } from './bounded.js';
import { Limiter } from './limiter.js';
import { named } from './parse.js';

/** The longest text that the runtime can hold is a little longer. */
export const MAX_BYTES = 512 * 1024 * 1024 - 1024;
const CHUNK_BYTES = 64 * 1024;

/** How many files are open at a time. */
const limiter = new Limiter(16);

export interface FileOptions {
  /** Whether a pipe will do, which can be read once, and whose writer may take as long as it likes. */
  readonly pipes?: boolean;
  readonly timeoutMs?: number | undefined;
}

/**
 * Returns the bytes of a file.
 * @throws `ERR_SOURCE` for what is missing, no regular file, longer than 512 MiB, or on a file system that does not answer within the limit of time
 */
export async function readSourceFile(
  file: string,
  { pipes = false, timeoutMs }: FileOptions = {},
): Promise<Uint8Array> {
  try {
    if (pipes && (await stat(file)).isFIFO()) return await readWhole(file, await open(file, 'r'));
    return await limiter.run(() => inTime(readRegular(file), timeoutMs ?? TIMEOUT_MS));
  } catch (error) {
    throw errnoOf(error) === undefined || error instanceof JsonMmapError ? named(error, file) : unreadable(file, error);
  }
}

/** Opens without waiting, so that a pipe or a device under the name of a file blocks nothing. */
async function readRegular(file: string): Promise<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat();
  if (stats.isFile()) return readWhole(file, handle, stats.size);
  await handle.close();
  if (stats.isDirectory())
    throw fault(`${file} is a directory: name a file in it, or end it with / for all files in it`);
  if (stats.isFIFO()) throw fault(`${file} is a pipe, which cannot be read again: pipe it to standard input, as -`);
  throw fault(`${file} is a device, not a file: name a file, or - for standard input`);
}

async function readWhole(file: string, handle: FileHandle, sizeBytes = 0): Promise<Uint8Array> {
  try {
    if (sizeBytes > MAX_BYTES) throw tooLong(file, sizeBytes);
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      // One more than the file has: the next read then finds its end.
      const chunk = Buffer.allocUnsafeSlow(Math.max(sizeBytes - length + 1, CHUNK_BYTES));
      const { bytesRead } = await handle.read(chunk);
      if (bytesRead === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      length += bytesRead;
      if (length > MAX_BYTES) throw tooLong(file, length);
      chunks.push(chunk.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

async function inTime<R>(reading: Promise<R>, timeoutMs: number): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow('reading it', timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    reading.catch(() => {}); // a failure that comes too late
  }
}

function tooLong(file: string, bytes: number): JsonMmapError {
  return fault(`${file} has ${bytes} bytes or more: at most ${MAX_BYTES} can be parsed, split it`);
}

function unreadable(file: string, error: unknown): JsonMmapError {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fault(`there is no file ${file}: check the path`, error);
    case 'EACCES':
    case 'EPERM':
      return fault(`${file} may not be read by this user: check its owner and mode`, error);
    case 'ENXIO':
      return fault(`${file} is a socket or a device, not a file: name a file, or - for standard input`, error);
    default:
      return fault(`${file} could not be read: ${errnoOf(error)}`, error);
  }
}

function fault(message: string, cause?: unknown): JsonMmapError {
  return new CommandError('ERR_SOURCE', message, { cause });
}
