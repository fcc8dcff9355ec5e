/** What the tests of sources share. Threads run compiled code, so what starts one is taken from there. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { answer } from '../../src/sources/work.js';

type Format = Parameters<typeof answer>[0]['format'];

const lib = pathToFileURL(`${join(import.meta.dirname, '..', '..', 'lib', 'sources')}/`);

export const { loadFiles } = (await import(
  new URL('files.js', lib).href
)) as typeof import('../../src/sources/files.js');
export const { parseDocument } = (await import(
  new URL('parse.js', lib).href
)) as typeof import('../../src/sources/parse.js');
export const { loadJsonSchema } = (await import(
  new URL('json-schema.js', lib).href
)) as typeof import('../../src/sources/json-schema.js');
export const { readSourceFile } = (await import(
  new URL('read-file.js', lib).href
)) as typeof import('../../src/sources/read-file.js');

/** What the thread would answer, as the value of the text, or as `line:column: reason`. */
export function valueIn(format: Format, text: string, roundNumbers = false): unknown {
  const verb = format === 'json' ? 'check' : 'parse';
  const { json, fault } = answer({ verb, format, text, options: { roundNumbers } });
  if (fault !== undefined) throw new Error(`${fault.position?.line}:${fault.position?.column}: ${fault.reason}`);
  if (format === 'json') return JSON.parse(text);
  return json === undefined ? undefined : JSON.parse(json);
}

export const FORMATS = ['json', 'jsonc', 'json5', 'yaml', 'toml'] as const;
