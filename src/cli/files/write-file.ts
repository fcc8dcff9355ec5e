/**
 * Writes files that a user names. A regular file is replaced whole: a reader sees the old one or the new one. It keeps its mode, its owner and its
 * extended attributes, and links to it stay links. Where a replacement would lose something (another hard link, an owner that we may not set, a
 * mount point), and in a directory that takes no new file, its content is written over, once all of the new content is on the disk. A device or a pipe
 * is written to.
 */
import { constants, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { CommandError } from '../../command-error.js';
import { errnoOf, JsonMmapError, systemError } from '../../errors.js';
import { ExitCode } from '../exit-codes.js';
import { isReaderGone } from '../io.js';
import { untilSignal } from '../processes/signals.js';
import { replaceFile } from './replace.js';
import { targetOf } from './target.js';

export type Write = (text: string) => Promise<void>;
type Fill = (write: Write) => Promise<void>;

/**
 * Writes what `fill` writes to `path`, and returns how many bytes that are; they are durable then. Ctrl-C and SIGTERM leave the old file and nothing
 * beside it: then it returns undefined, and the exit code is set.
 * @throws `ERR_INVALID_ARG` where there is no directory, or the path is one; `ERR_REGION_DENIED`, `ERR_NO_SPACE`, `ERR_SYSTEM`; and what `fill` throws
 */
export async function writeFileFor(path: string, fill: Fill): Promise<number | undefined> {
  try {
    const target = await targetOf(path);
    if (target.kind === 'stream') return await quietWithoutReader(() => writeThrough(target.path, fill));
    if (target.kind === 'descriptor') return await quietWithoutReader(() => writeTo(target.fd, fill));
    let bytes: number | undefined;
    await untilSignal(async (signal) => {
      bytes = await replaceFile(target, (file) =>
        filled(fill, (text) => {
          signal.throwIfAborted();
          return file.appendFile(text); // all of it: a single write may take less
        }),
      );
    });
    return bytes;
  } catch (error) {
    throw error instanceof JsonMmapError ? error : unwritable(path, error);
  }
}

/** Does what `body` does with a file that stays what it is. */
async function quietWithoutReader<R>(body: () => Promise<R>): Promise<R> {
  try {
    return await body();
  } catch (error) {
    if (isReaderGone(error)) process.exit(ExitCode.OK); // it has seen enough
    throw error;
  }
}

/** A file that another process has open is appended to, as that process does. */
async function writeThrough(path: string, fill: Fill): Promise<number> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    return await filled(fill, (text) => file.appendFile(text));
  } finally {
    await file.close();
  }
}

/** Opened again, it would be another open file, with its own position, and a pipe without a reader would block. */
async function writeTo(fd: number, fill: Fill): Promise<number> {
  const stream: Writable =
    fd === 1 ? process.stdout : fd === 2 ? process.stderr : createWriteStream('', { fd, autoClose: false });
  stream.on('error', () => {}); // the callback of each write reports it
  return filled(
    fill,
    (text) => new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve()))),
  );
}

/** Returns how many bytes `fill` writes with `write`. */
async function filled(fill: Fill, write: Write): Promise<number> {
  let bytes = 0;
  await fill(async (text) => {
    await write(text);
    bytes += Buffer.byteLength(text);
  });
  return bytes;
}

function unwritable(path: string, error: unknown): unknown {
  switch (errnoOf(error)) {
    case undefined:
      return error;
    case 'ENOENT':
    case 'ENOTDIR':
      return new CommandError('ERR_INVALID_ARG', `the directory of ${path} does not exist`, {
        cause: error,
        cure: 'create it first',
      });
    case 'EISDIR':
      return new CommandError('ERR_INVALID_ARG', `${path} is a directory`, {
        cause: error,
        cure: 'name a file in it',
      });
    default:
      return aboutFile(systemError(error, `write ${path}`), path);
  }
}

/** The cures of these codes are about regions elsewhere. */
function aboutFile(error: JsonMmapError, path: string): JsonMmapError {
  if (error.code === 'ERR_NO_SPACE') return told(error, 'free space, or write to another file with --output');
  if (error.code === 'ERR_REGION_DENIED') return told(error, `check the owner and mode of ${path}`);
  return error;
}

function told({ code, summary, cause }: JsonMmapError, cure: string): JsonMmapError {
  return new CommandError(code, summary, { cause, cure });
}
