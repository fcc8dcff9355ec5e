/** Files as a source of documents: read, parsed, merged in their order. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { errnoOf, JsonMmapError } from '../errors.js';
import { merged } from './merge.js';
import { type Format, formatOf, parseDocument } from './parse.js';

/** The longest text that the runtime can hold is a little longer. */
const MAX_BYTES = 512 * 1024 * 1024 - 1024;

/** One file, or text that was read already, such as standard input. */
export interface SourceFile {
  /** Its path, or how messages call it. */
  readonly name: string;
  readonly format: Format | undefined;
  /** What it holds, for one that cannot be read again. */
  readonly bytes?: Uint8Array;
}

/** Returns the document that the files make together: later ones are merged into earlier ones (RFC 7396). @throws `ERR_SOURCE` */
export async function loadFiles(files: readonly SourceFile[]): Promise<unknown> {
  const documents = files.map(({ name, format, bytes }) => {
    const text = bytes ?? readSourceFile(name);
    return parseDocument(text, { format: format ?? formatOf(name) ?? 'json', file: name });
  });
  return documents.reduce((document, next) => merged(document, next));
}

/** Returns the bytes of a file. @throws `ERR_SOURCE` that says what is wrong with it */
export function readSourceFile(file: string): Buffer {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw fault(`${file} is a directory: name a file in it`);
    if (stats.size > MAX_BYTES)
      throw fault(`${file} has ${stats.size} bytes: at most ${MAX_BYTES} can be parsed, split it`);
    return readFileSync(fd);
  } catch (error) {
    throw error instanceof JsonMmapError ? error : unreadable(file, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function unreadable(file: string, error: unknown): JsonMmapError {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fault(`there is no file ${file}: check the path`, error);
    case 'EACCES':
    case 'EPERM':
      return fault(`${file} may not be read by this user: check its owner and mode`, error);
    default:
      return fault(`${file} could not be read: ${errnoOf(error)}`, error);
  }
}

function fault(message: string, cause?: unknown): JsonMmapError {
  return new JsonMmapError('ERR_SOURCE', message, { cause });
}
