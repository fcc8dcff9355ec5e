/** A value as a text of one of the formats that are written as a whole. */
import type { TextStyle, WrittenFormat } from './names.js';

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
