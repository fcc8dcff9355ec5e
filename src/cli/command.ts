/** What a verb of the command line is made of. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { JsonMmapError } from '../errors.js';
import { tokensOf } from '../format/pointer.js';
import { withCure } from './failure.js';
import type { Io } from './io.js';

/** One verb: declares its arguments and options, and what is done with them. */
export interface CommandModule {
  register(program: Command, io: Io): void;
}

/** Options of every verb that prints. */
export interface JsonOption {
  readonly json?: boolean;
}

/** Where regions are, for verbs that read. */
export interface Where {
  readonly dir?: string | undefined;
  readonly owner?: number | undefined;
}

export const jsonOption = (): Option => new Option('--json', 'print JSON for machines');

export const dirOption = (): Option =>
  new Option('--dir <directory>', 'where the region is (default: $JSONMMAP_DIR, else /dev/shm/jsonmmap-<uid>)');

export const ownerOption = (): Option => new Option('--owner <uid>', 'read what this user owns').argParser(wholeNumber);

export const durabilityOption = (): Option =>
  new Option(
    '--durability <what>',
    'what a version survives: disk is power loss (default: as before, else none)',
  ).choices(['none', 'disk']);

/** Adds the options of a verb that reads. */
export function reads(command: Command): Command {
  return command.addOption(dirOption()).addOption(ownerOption()).addOption(jsonOption());
}

/** The value of an option that is a whole number, 0 or more. */
export const wholeNumber = numberFrom(0);

/** The value of an option that is a whole number, 1 or more. */
export const positiveNumber = numberFrom(1);

/** A JSON pointer among the arguments. @throws `ERR_PATH_INVALID` with what may have been meant */
export function jsonPointer(text: string): string {
  try {
    tokensOf(text);
    return text;
  } catch (error) {
    if (!(error instanceof JsonMmapError) || text.startsWith('/')) throw error;
    throw withCure(error, `did you mean /${text.replaceAll('.', '/')}?`);
  }
}

/** The value of an option that is the mode of a region's files. */
export function fileMode(text: string): number {
  if (/^(0o?)?6[04][04]$/.test(text)) return Number.parseInt(text.slice(-3), 8);
  throw new InvalidArgumentError('It must be 600, 640 or 644: followers read, and nobody but the master writes.');
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };
}
