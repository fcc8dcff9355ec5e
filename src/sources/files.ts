/** Files as a source of documents: read, parsed, merged in their order. */
import { CommandError } from '../command-error.js';
import { type Format, formatOf } from './formats/names.js';
import { areMerged, readFiles } from './members.js';
import { isObject, merge } from './merge.js';
import { parseDocument, type ReadingOptions } from './parse.js';
import { readSourceFile } from './read-file.js';

/** Files, or text that was read already, such as standard input; and how they are to be read. */
export interface SourceFile extends ReadingOptions {
  /** A path, that of a directory with a slash at its end, or how messages call it. */
  readonly name: string;
  readonly format: Format | undefined;
  /** Whether it may be missing. */
  readonly isOptional?: boolean;
  /** Whether it is what there is of files that are merged: then it must hold an object, also where it is the only one. */
  readonly isLayer?: boolean;
  /** What it holds, for one that cannot be read again. */
  readonly bytes?: Uint8Array;
}

/** What one file holds. */
export interface Layer {
  readonly name: string;
  readonly value: unknown;
}

/**
 * Returns the document that the files make together: later ones are merged into earlier ones (RFC 7396).
 * @throws `ERR_SOURCE`
 */
export async function loadFiles(files: readonly SourceFile[]): Promise<unknown> {
  return (await loadLayers(files)).map(({ value }) => value).reduce(merge);
}

/**
 * Returns what each file holds, in the order in which they are merged. One that is missing and may be, or holds nothing but comments, is
 * left out. Of several, each must hold an object.
 * @throws `ERR_SOURCE`, also where nothing is left
 */
export async function loadLayers(files: readonly SourceFile[]): Promise<Layer[]> {
  const found = (await Promise.all(files.map(layersOf))).flat();
  const layers = found.filter(({ value }) => value !== undefined);
  const names = files.map(({ name }) => name).join(', ');
  if (found.length === 0) throw nothingThere(names);
  if (layers.length === 0) throw holdsNothing(found.map(({ name }) => name).join(', '));
  if (!areMerged(files) && !files[0].isLayer) return layers;
  for (const { name, value } of layers) if (!isObject(value)) throw noLayer(name, value);
  return layers;
}

async function layersOf(source: SourceFile): Promise<Layer[]> {
  const { name, bytes, isOptional = false, timeoutMs } = source;
  if (bytes !== undefined) return [{ name, value: await documentOf(source, bytes) }];
  return readFiles({ name, isOptional }, async (file) => {
    const read = await readSourceFile(file.name, { timeoutMs });
    return { name: file.name, value: await documentOf({ ...source, ...file }, read) };
  });
}

function documentOf(
  { name, format, bytes: _, isOptional: __, isLayer: ___, ...options }: SourceFile,
  bytes: Uint8Array,
): Promise<unknown> {
  return parseDocument(bytes, { format: format ?? formatOf(name) ?? 'json', file: name, ...options });
}

/** The error for files that may be missing, all of which are. */
export function nothingThere(names: string): CommandError {
  return new CommandError('ERR_SOURCE', `there is no file of ${names}: at least one must be there`);
}

/** The error for a source that is nothing but white space and comments where a document is wanted. */
export function holdsNothing(name: string): CommandError {
  return new CommandError('ERR_SOURCE', `${name}: it is empty: the smallest document is null`);
}

function noLayer(name: string, value: unknown): CommandError {
  const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return new CommandError('ERR_SOURCE', `${name} holds ${what}: files that are merged must each hold an object`);
}
