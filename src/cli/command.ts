/** What a verb of the command line is made of. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { pointerOf, tokensOf } from '../format/pointer.js';
import type { Io } from './io.js';
import { HOURS_MAX, millisecondsOf, TIME_MAX_MS } from './quantities.js';
import { shellWord } from './shell.js';

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

export const jsonOption = (): Option => new Option('--json', 'print JSON');

export const dirOption = (): Option =>
  new Option('--dir <directory>', 'directory of the region (default: $JSONMMAP_DIR, else /dev/shm/jsonmmap-<uid>)');

export const ownerOption = (): Option =>
  new Option('--owner <uid>', 'trust regions that this user owns').argParser(wholeNumber);

/** Adds the options of a verb that reads. */
export function reads(command: Command): Command {
  return command.addOption(dirOption()).addOption(ownerOption()).addOption(jsonOption());
}

/** The value of an option that is a whole number, 0 or more. */
export const wholeNumber = numberFrom(0);

/** The value of an option that is a whole number, 1 or more. */
export const positiveNumber = numberFrom(1);

/** The value of an option that is a TCP port; 0 takes a free one. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('must be at most 65535');
}

/** A JSON pointer among the arguments. Refuses another text with what may have been meant */
export function jsonPointer(text: string): string {
  try {
    tokensOf(text);
    return text;
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    throw new CommandError(error.code, `${shellWord(text)} is not a JSON pointer`, {
      cause: error,
      cure: pointerCure(text),
    });
  }
}

function pointerCure(text: string): string {
  if (text.startsWith('/')) return 'within a key, ~0 is a tilde and ~1 a slash; no other character follows a tilde';
  const meant = pointerOf(meantTokens(text));
  return meant === '' ? "the pointer of the whole document is ''" : `did you mean ${shellWord(meant)}?`;
}

/** What people write who come from jq, JSONPath, lodash or a URL: `.a.b`, `$.a['b c'][0]`, `a.b[0]`, `#/a/b`, `a/b`. */
function meantTokens(text: string): string[] {
  const path = text.replace(/^[#$]/, '');
  if (path.includes('/')) return path.split('/').filter((token) => token !== '');
  return Array.from(
    path.matchAll(/\[(["'])(.*?)\1\]|\[([^\]]*)\]|([^.[\]]+)/g),
    (found) => found[2] ?? found[3] ?? found[4],
  );
}

/** The value of an option that is a time; without a unit it is milliseconds. */
export const milliseconds = timeIn('ms');

/** The same for a time in which something has to happen. */
export function millisecondsAboveZero(text: string): number {
  const time = milliseconds(text);
  if (time > 0) return time;
  throw new InvalidArgumentError('must be more than 0');
}

/** The value of an option that is a whole number of seconds, 1 or more. */
export function wholeSeconds(text: string): number {
  const number = positiveNumber(text);
  if (number * 1000 <= TIME_MAX_MS) return number;
  throw new InvalidArgumentError(`must be at most ${TIME_MAX_MS / 1000}`);
}

/** The value of an option that is a time, in seconds; without a unit it is seconds. */
export const seconds = (text: string): number => timeIn('s')(text) / 1000;

function timeIn(unit: 'ms' | 's'): (text: string) => number {
  return (text) => {
    const time = millisecondsOf(text, unit);
    if (time !== undefined && time > TIME_MAX_MS) throw new InvalidArgumentError(`must be at most ${HOURS_MAX}h`);
    if (time !== undefined) return time;
    throw new InvalidArgumentError(
      `must be a time such as 500ms, 5s or 2m; a number alone is ${unit === 's' ? 'seconds' : 'milliseconds'}`,
    );
  };
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`must be a whole number, ${least} or more`);
  };
}
