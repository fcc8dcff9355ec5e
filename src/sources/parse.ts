/** Documents from text. */
import { JsonMmapError } from '../errors.js';

export type Format = 'json' | 'jsonc' | 'json5' | 'yaml' | 'toml';

/** Returns the format that the extension of `file` names; undefined where it names none. */
export function formatOf(file: string): Format | undefined {
  return /\.json$/i.test(file) ? 'json' : undefined;
}

/**
 * Returns the value of a text. O(length).
 * @throws `ERR_SOURCE` naming `file` and the reason; `ERR_UNSUPPORTED` for a format that cannot be read
 */
export function parseDocument(text: string | Uint8Array, { format, file }: { format: Format; file: string }): unknown {
  if (format !== 'json') throw new JsonMmapError('ERR_UNSUPPORTED', `${file} cannot be read: ${format} is no known format`);
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new JsonMmapError('ERR_SOURCE', `${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
