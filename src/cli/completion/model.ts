/** What a shell needs to know of the command line, taken from the command line itself. */
import type { Command } from 'commander';

/** What a word of the command line means. */
export type Kind = 'region' | 'pointer' | 'file' | 'directory' | 'version' | 'comparison' | 'choice' | 'other';

export interface VerbModel {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly WordModel[];
  readonly options: readonly OptionModel[];
}

export interface WordModel {
  readonly kind: Kind;
  readonly choices: readonly string[];
  /** Whether any number of them may follow. */
  readonly variadic: boolean;
}

export interface OptionModel {
  readonly flags: readonly string[];
  readonly summary: string;
  /** Undefined for an option without a value. */
  readonly value: Kind | undefined;
  readonly choices: readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  name: 'region',
  pointer: 'pointer',
  file: 'file',
  directory: 'directory',
  version: 'version',
  from: 'version',
  to: 'version',
  what: 'comparison',
};

/** Describes every verb of `program`. */
export function modelOf(program: Command): VerbModel[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    words: command.registeredArguments.map((argument) => ({
      kind: kindOf(argument.name(), argument.argChoices),
      choices: argument.argChoices ?? [],
      variadic: argument.variadic,
    })),
    options: command.options.map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag != null),
      summary: option.description,
      value: option.required ? kindOf(/<(.+)>/.exec(option.flags)?.[1] ?? '', option.argChoices) : undefined,
      choices: option.argChoices ?? [],
    })),
  }));
}

function kindOf(name: string, choices: readonly string[] | undefined): Kind {
  return choices === undefined ? (KINDS[name] ?? 'other') : 'choice';
}
