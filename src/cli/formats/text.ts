/** A value as a text of one of the formats that are written as a whole. */
import type { NamingOptions } from '../environment.js';
import type { WrittenFormat } from './names.js';

export interface TextStyle extends NamingOptions {
  /** YAML on as few lines as it can be. */
  readonly compact?: boolean | undefined;
  /** Variables without quotes. */
  readonly raw?: boolean | undefined;
}

/**
 * Returns `value` as a text that ends with a line break; the library of the format is loaded then. O(value), in memory several times its size.
 * @throws `ERR_FORMAT` for what the format cannot hold; `ERR_TOO_LARGE` for what is nested too deeply, or longer than a text can be
 */
export async function textOf(
  format: Exclude<WrittenFormat, 'json'>,
  value: unknown,
  style: TextStyle = {},
): Promise<string> {
  switch (format) {
    case 'yaml':
      return (await import('./yaml.js')).yamlText(value, style);
    case 'toml':
      return (await import('./toml.js')).tomlText(value);
    case 'env':
      return (await import('./env.js')).envText(value, style);
  }
}
