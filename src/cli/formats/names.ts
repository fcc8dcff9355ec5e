/** The formats that the command writes. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import type { NamingOptions } from '../environment.js';

export const WRITTEN_FORMATS = ['json', 'yaml', 'toml', 'env'] as const;
export type WrittenFormat = (typeof WRITTEN_FORMATS)[number];

/** How a text of a format is written. */
export interface TextStyle extends NamingOptions {
  /** YAML on as few lines as it can be. */
  readonly compact?: boolean | undefined;
  /** Variables without quotes. */
  readonly raw?: boolean | undefined;
}

/** What the options of a verb say of the format. */
export interface FormatOptions extends NamingOptions {
  readonly format?: WrittenFormat;
}

/** Adds the options of a verb that writes values in several formats. @param byDefault What decides where no format is given. */
export function writesFormats(command: Command, byDefault: string): Command {
  return command
    .addOption(
      new Option('--format <format>', `json, yaml, toml or env (default: ${byDefault})`).choices(WRITTEN_FORMATS),
    )
    .addOption(
      new Option('--prefix <text>', 'with --format env: text at the beginning of every name').argParser(namePart),
    )
    .addOption(
      new Option('--separator <text>', 'with --format env: text between two keys in a name (default: _)').argParser(
        namePart,
      ),
    );
}

/** A text that names of environment variables may have in them. */
export function namePart(text: string): string {
  if (/^\w+$/.test(text)) return text;
  throw new InvalidArgumentError('must consist of ASCII letters, digits and _');
}

/** @throws `ERR_INVALID_ARG` for options of names where no names are made */
export function checkNaming(format: WrittenFormat, { prefix, separator }: NamingOptions): void {
  if (format === 'env' || (prefix ?? separator) === undefined) return;
  const option = prefix === undefined ? '--separator' : '--prefix';
  throw new CommandError('ERR_INVALID_ARG', `${option} is about environment variables, which ${format} has not`, {
    cure: 'add --format env, or leave it out',
  });
}
