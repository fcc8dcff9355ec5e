/** Files as a source of documents: read, parsed, merged in their order. */
import { CommandError } from '../command-error.js';
import { type Format, formatOf } from './formats/names.js';
import { isObject, merge } from './merge.js';
import { parseDocument, type ReadingOptions } from './parse.js';
import { readSourceFile } from './read-file.js';

/** One file, or text that was read already, such as standard input; and how it is to be read. */
export interface SourceFile extends ReadingOptions {
  /** Its path, or how messages call it. */
  readonly name: string;
  readonly format: Format | undefined;
  /** What it holds, for one that cannot be read again. */
  readonly bytes?: Uint8Array;
}

/**
 * Returns the document that the files make together: later ones are merged into earlier ones (RFC 7396). A file that holds nothing but comments changes nothing.
 * Of several, each that holds something must hold an object.
 * @throws `ERR_SOURCE`
 */
export async function loadFiles(files: readonly SourceFile[]): Promise<unknown> {
  const documents = await Promise.all(files.map(documentOf));
  const layers = files.map(({ name }, i) => ({ name, value: documents[i] })).filter(({ value }) => value !== undefined);
  if (layers.length === 0) throw holdsNothing(files.map(({ name }) => name).join(', '));
  if (files.length === 1) return layers[0].value;
  for (const { name, value } of layers) if (!isObject(value)) throw noLayer(name, value);
  return layers.map(({ value }) => value).reduce(merge);
}

async function documentOf({ name, format, bytes, ...options }: SourceFile): Promise<unknown> {
  const text = bytes ?? (await readSourceFile(name, { timeoutMs: options.timeoutMs }));
  return parseDocument(text, { format: format ?? formatOf(name) ?? 'json', file: name, ...options });
}

/** The error for a source that is nothing but white space and comments where a document is wanted. */
export function holdsNothing(name: string): CommandError {
  return new CommandError('ERR_SOURCE', `${name}: it is empty: the smallest document is null`);
}

function noLayer(name: string, value: unknown): CommandError {
  const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return new CommandError('ERR_SOURCE', `${name} holds ${what}: files that are merged must each hold an object`);
}
