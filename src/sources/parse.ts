/** Documents from text, in the formats that people write configuration in. Each library is loaded when its format is met. */
import { Buffer, isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { CommandError } from '../command-error.js';
import { parseJson, parseJsonc } from './json.js';
import { type Position, SourceFault } from './position.js';

export const FORMATS = ['json', 'jsonc', 'json5', 'yaml', 'toml'] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.toml': 'toml',
};

/** Returns the format that the extension of `file` names; undefined where it names none. */
export function formatOf(file: string): Format | undefined {
  return EXTENSIONS[extname(file).toLowerCase()];
}

/**
 * Returns the value of a text. O(length). Keys that stand twice are an error, but in JSON5 the last one counts.
 * @throws `ERR_SOURCE` naming `file`, line, column and the reason
 */
export function parseDocument(text: string | Uint8Array, { format, file }: { format: Format; file: string }): unknown {
  try {
    const decoded = typeof text === 'string' ? text : decode(text);
    if (decoded.trim() === '') throw new SourceFault('it is empty: the smallest document is null');
    return PARSERS[format](decoded);
  } catch (error) {
    const fault = error instanceof RangeError ? new SourceFault(`it is nested too deeply for ${format}`) : error;
    if (!(fault instanceof SourceFault)) throw error;
    throw new CommandError('ERR_SOURCE', `${file}${at(fault.position)}: ${fault.message}`, {
      cause: error,
      ...fault.position,
    });
  }
}

function at(position: Position | undefined): string {
  return position === undefined ? '' : `:${position.line}:${position.column}`;
}

function decode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  if (isUtf8(bytes)) return text;
  const valid = validPrefix(bytes);
  throw SourceFault.at(text, valid, 'it is not UTF-8: save it as UTF-8');
}

/** The number of characters before the first byte that is no UTF-8, give or take one. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isUtf8(wholeCharacters(bytes, middle))) low = middle;
    else high = middle - 1;
  }
  return Buffer.from(wholeCharacters(bytes, low)).toString('utf8').length;
}

/** The first `length` bytes without a character that is cut off at their end. */
function wholeCharacters(bytes: Uint8Array, length: number): Uint8Array {
  let end = length;
  while (end > 0 && length - end < 3 && (bytes[end - 1] & 0xc0) === 0x80) end--;
  if (end > 0 && (bytes[end - 1] & 0xc0) === 0xc0) return bytes.subarray(0, end - 1);
  return bytes.subarray(0, length);
}

const require = createRequire(import.meta.url);

const PARSERS: Readonly<Record<Format, (text: string) => unknown>> = {
  json: parseJson,
  jsonc: parseJsonc,
  json5: parseJson5,
  yaml: parseYaml,
  toml: parseToml,
};

function parseJson5(text: string): unknown {
  const { parse } = require('json5') as typeof import('json5');
  try {
    return parse(text);
  } catch (error) {
    const { message, lineNumber, columnNumber } = error as Error & { lineNumber?: number; columnNumber?: number };
    const reason = message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '');
    throw new SourceFault(reason, lineNumber && columnNumber ? { line: lineNumber, column: columnNumber } : undefined);
  }
}

/** Aliases unfold into copies: so many are enough for any configuration, and too few to fill the memory with. */
const YAML_ALIASES_MAX = 1000;

function parseYaml(text: string): unknown {
  const yaml = require('yaml') as typeof import('yaml');
  const document = yaml.parseDocument(text, { prettyErrors: false, uniqueKeys: true, merge: true });
  const [error] = document.errors;
  if (error !== undefined) throw SourceFault.at(text, error.pos[0], error.message);
  try {
    return document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
  } catch (failure) {
    throw new SourceFault((failure as Error).message);
  }
}

function parseToml(text: string): unknown {
  const { parse, TomlError } = require('smol-toml') as typeof import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new SourceFault(reason, { line: error.line, column: error.column });
  }
}
