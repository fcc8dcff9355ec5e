/** Documents that verbs take: from a file, from standard input, or from the command line itself. */
import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { MEMORY_MB, TIMEOUT_MS } from '../sources/bounded.js';
import { holdsNothing } from '../sources/files.js';
import { JSONC_HINT } from '../sources/formats/json.js';
import { FORMATS, type Format, formatOf } from '../sources/formats/names.js';
import { parseDocument, type ReadingOptions } from '../sources/parse.js';
import { MAX_BYTES, readSourceFile } from '../sources/read-file.js';
import { positiveNumber, wholeSeconds } from './command.js';
import type { Io } from './io.js';
import type { Progress } from './output/progress.js';
import { cut } from './output/table.js';
import { size } from './output/words.js';
import { shellWord } from './shell.js';
import { isStandardInput } from './standard-input.js';

const SHOWN_LENGTH = 40;

/** How numbers are taken, and how long reading may take. */
export interface ReadingFlags {
  readonly roundNumbers?: boolean;
  /** Seconds. */
  readonly parseTimeout?: number;
  /** MiB. */
  readonly parseMemory?: number;
}

export interface DocumentOptions extends ReadingFlags {
  readonly format?: Format;
  readonly env?: boolean;
}

/** Adds the options of a verb that reads a document. */
export function readsDocument(command: Command): Command {
  const format = new Option('--format <format>', 'format of the input (default: by file name, else JSON)');
  return readsText(command.addOption(format.choices(FORMATS))).option(
    '--env',
    'replace ${NAME} in the strings of files with environment variables',
  );
}

/** The same for a verb that takes JSON only. */
export function readsText(command: Command): Command {
  return command
    .option('--round-numbers', 'round numbers that JSON cannot hold, such as 812345678901234567')
    .option('--parse-timeout <seconds>', `time limit for reading a file (default: ${TIMEOUT_MS / 1000})`, wholeSeconds)
    .option('--parse-memory <MiB>', `memory limit for parsing a file (default: ${MEMORY_MB})`, positiveNumber);
}

/** What the options say, as the reader of documents takes it. */
export function readingOf({ roundNumbers, parseTimeout, parseMemory }: ReadingFlags): ReadingOptions {
  return {
    roundNumbers,
    timeoutMs: parseTimeout === undefined ? undefined : parseTimeout * 1000,
    memoryMb: parseMemory,
  };
}

/** The same for documents, in which variables can be replaced. */
export function documentReadingOf(options: DocumentOptions): ReadingOptions {
  return { ...readingOf(options), variables: options.env ? process.env : undefined };
}

/** Input that has been read and not yet parsed. */
export interface Source {
  /** How messages call it. */
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
  readonly reading: ReadingOptions;
  /** As in `SourceFile`. */
  readonly isLayer?: boolean;
}

/**
 * Reads `file`, or standard input where it is `-` or not given. Unless `pipes` is false, the file may be a pipe, whose writer takes as long as it likes.
 * @throws `ERR_SOURCE`, `ERR_INVALID_ARG`
 */
export async function readSource(
  io: Io,
  file: string | undefined,
  options: DocumentOptions,
  { pipes = true } = {},
): Promise<Source> {
  const { format } = options;
  const reading = documentReadingOf(options);
  if (file !== undefined && !isStandardInput(file)) {
    const bytes = await readSourceFile(file, { pipes, timeoutMs: reading.timeoutMs });
    return { name: file, format: format ?? formatOf(file) ?? 'json', bytes, reading };
  }
  if (file === undefined && io.in.isTTY) {
    throw new CommandError('ERR_INVALID_ARG', 'there is no input', { cure: 'name a file, or pipe the document in' });
  }
  return { name: 'standard input', format: format ?? 'json', bytes: await readInput(io), reading };
}

/** Returns the value that `source` holds. @throws `ERR_SOURCE` with file, line, column and reason */
export async function parseSource({ name, format, bytes, reading }: Source, progress?: Progress): Promise<unknown> {
  progress?.doing(`parsing ${name}, ${size(bytes.length)}`);
  const value = await parseDocument(bytes, { ...reading, format, file: name });
  if (value === undefined) throw holdsNothing(name);
  return value;
}

/** Returns the value of a JSON argument, of standard input where it is `-`. @throws `ERR_SOURCE` */
export async function argumentValue(io: Io, text: string, options: ReadingFlags): Promise<unknown> {
  try {
    if (text === '-') return await parseSource(await readSource(io, '-', { ...options, format: 'json' }));
    return await parseDocument(text, { ...readingOf(options), format: 'json', file: cut(text, SHOWN_LENGTH) });
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    const summary = error.summary.replace(JSONC_HINT, ''); // a value has no --format
    if (text === '-') throw new CommandError(error.code, summary, { ...error, cause: error });
    const quoted = text.length <= SHOWN_LENGTH ? `, or write ${shellWord(JSON.stringify(text))}` : '';
    const cure = `if it is meant as a string, add --string${quoted}`;
    throw new CommandError(error.code, `the value cannot be taken as JSON: ${summary}`, { cause: error, cure });
  }
}

/** Reads standard input to its end; what is longer than a text can be is given up. */
async function readInput(io: Io): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of io.in as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new CommandError('ERR_SOURCE', `standard input is longer than ${size(MAX_BYTES)}: split it`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
