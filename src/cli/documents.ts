/** One document of several inputs, later ones merged into earlier ones, and what it must be before it goes anywhere. */
import { CommandError } from '../command-error.js';
import { loadFiles, nothingThere } from '../sources/files.js';
import { loadJsonSchema } from '../sources/json-schema.js';
import { areMerged, isDirectory, type NamedFile, namedBy, readFiles } from '../sources/members.js';
import { type DocumentOptions, parseSource, readingOf, readSource, type Source } from './document.js';
import type { Io } from './io.js';
import type { Progress } from './output/progress.js';
import { size } from './output/words.js';
import { checkAgainst } from './schema-check.js';
import { isStandardInput } from './standard-input.js';

export interface CheckedDocumentOptions extends DocumentOptions {
  /** The file of a JSON Schema. */
  readonly schema?: string;
}

/** Reads the files of a verb, standard input where none is named. @throws `ERR_SOURCE`, `ERR_INVALID_ARG` */
export async function readSources(
  io: Io,
  files: readonly string[],
  options: DocumentOptions,
): Promise<readonly Source[]> {
  if (files.filter(isStandardInput).length > 1) {
    throw new CommandError('ERR_INVALID_ARG', 'standard input can be read only once', { cure: 'name it once' });
  }
  if (files.length === 0) return [await readSource(io, undefined, options)];
  const named = files.map(namedBy);
  const sources = (await Promise.all(named.map((each) => readNamed(io, each, options)))).flat();
  if (sources.length === 0) throw nothingThere(files.join(', '));
  const isLayer = areMerged(named);
  return sources.map((source) => ({ ...source, isLayer }));
}

/** A pipe that is named is waited for; one that lies in a directory is not. */
function readNamed(io: Io, named: NamedFile, options: DocumentOptions): Promise<Source[]> {
  const pipes = !isDirectory(named.name);
  return readFiles(named, ({ name }) => readSource(io, name, options, { pipes }));
}

/** Returns the document that the sources make together, as `run` merges files. @throws `ERR_SOURCE` with file, line, column and reason */
export function parseSources(sources: readonly Source[], progress?: Progress): Promise<unknown> {
  if (sources.length === 1 && !sources[0].isLayer) return parseSource(sources[0], progress);
  progress?.doing(`parsing ${namesIn(sources)}, ${size(bytesIn(sources))}`);
  return loadFiles(sources.map(({ reading, ...source }) => ({ ...reading, ...source })));
}

/** The same for a document that has to pass the schema that the options name. @throws `ERR_SCHEMA` too */
export async function checkedDocument(
  sources: readonly Source[],
  options: CheckedDocumentOptions,
  progress: Progress,
): Promise<unknown> {
  const value = await parseSources(sources, progress);
  if (options.schema !== undefined) {
    await checkAgainst(await loadJsonSchema(options.schema, readingOf(options)), value);
  }
  return value;
}

/** Such as "defaults.yaml + local.json". */
export function namesIn(sources: readonly Source[]): string {
  return sources.map(({ name }) => name).join(' + ');
}

export function bytesIn(sources: readonly Source[]): number {
  return sources.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
