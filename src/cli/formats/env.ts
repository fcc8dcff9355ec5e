/** Environment variables, one a line. */
import { CommandError } from '../../command-error.js';
import { type Entry, environmentOf } from '../environment.js';
import { shellWord } from '../shell.js';
import type { TextStyle } from './names.js';

/**
 * Returns the variables of `value` as lines that a POSIX shell reads: a value with other characters than `A-Za-z0-9_@%+=:,./-` is in single
 * quotes, within which a single quote is `'\''`. Raw values have no quotes, as `docker run --env-file` reads them.
 * @throws `ERR_FORMAT` as `environmentOf` does, and for a line break in a raw value
 */
export function envText(value: unknown, { raw, ...naming }: TextStyle): string {
  return environmentOf(value, naming)
    .map(raw ? rawLine : quotedLine)
    .join('');
}

function quotedLine([name, text]: Entry): string {
  return `${name}=${text === '' ? '' : shellWord(text)}\n`;
}

function rawLine([name, text]: Entry): string {
  if (!/[\r\n]/.test(text)) return `${name}=${text}\n`;
  throw new CommandError(
    'ERR_FORMAT',
    `the variable ${name} has a line break, which a line without quotes cannot hold`,
    {
      cure: 'leave --raw out: in quotes it can, for programs that read quotes',
    },
  );
}
