/** Documents that verbs take: from a file, from standard input, or from the command line itself. */
import { constants } from 'node:buffer';
import { Option } from 'commander';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { readSourceFile } from '../sources/files.js';
import { FORMATS, type Format, formatOf, parseDocument } from '../sources/parse.js';
import type { Io } from './io.js';
import type { Progress } from './output/progress.js';
import { cut } from './output/table.js';
import { size } from './output/words.js';

const SHOWN_LENGTH = 40;

export interface FormatOption {
  readonly format?: Format;
}

export const formatOption = (): Option =>
  new Option('--format <format>', 'format of the input (default: by its extension, else JSON)').choices(FORMATS);

/** Input that has been read and not yet parsed. */
export interface Source {
  /** How messages call it. */
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
}

/** Reads `file`, or standard input where it is `-` or not given. @throws `ERR_SOURCE`, `ERR_INVALID_ARG` */
export async function readSource(io: Io, file: string | undefined, { format }: FormatOption): Promise<Source> {
  if (file !== undefined && file !== '-') {
    return { name: file, format: format ?? formatOf(file) ?? 'json', bytes: readSourceFile(file) };
  }
  if (file === undefined && io.in.isTTY) {
    throw new JsonMmapError('ERR_INVALID_ARG', 'there is no input', { cure: 'name a file, or pipe the document in' });
  }
  return { name: 'standard input', format: format ?? 'json', bytes: await readInput(io) };
}

/** Returns the value that `source` holds. @throws `ERR_SOURCE` with file, line, column and reason */
export function parseSource({ name, format, bytes }: Source, progress?: Progress): unknown {
  progress?.doing(`parsing ${name}, ${size(bytes.length)}`);
  return parseDocument(bytes, { format, file: name });
}

/** Returns the value of a JSON argument, of standard input where it is `-`. @throws `ERR_SOURCE` */
export async function argumentValue(io: Io, text: string): Promise<unknown> {
  if (text === '-') return parseSource(await readSource(io, '-', { format: 'json' }));
  try {
    return parseDocument(text, { format: 'json', file: cut(text, SHOWN_LENGTH) });
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    const cure = `for a string, add --string, or write '${JSON.stringify(cut(text, SHOWN_LENGTH))}'`;
    throw new JsonMmapError(error.code, `the value is not JSON: ${error.message}`, { cause: error, cure });
  }
}

/** Reads standard input to its end; what is longer than a string can be is given up. */
async function readInput(io: Io): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of io.in as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > constants.MAX_STRING_LENGTH) {
      throw new CommandError(
        'ERR_SOURCE',
        `standard input is longer than ${size(constants.MAX_STRING_LENGTH)}: split it`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
