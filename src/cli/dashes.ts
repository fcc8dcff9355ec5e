/** The `--` before the command that `run` and `exec` start. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { formatOf } from '../sources/formats/names.js';
import { isDirectory, namedBy } from '../sources/members.js';
import { isUpstreamUrl } from '../upstream/address.js';
import { ourCommand } from './shell.js';
import { isStandardInput } from './standard-input.js';

/** Splits the words of a verb at `--`, which commander leaves out. A `--` that is the value of an option is none, as commander has it. */
export function wordsAround(
  command: Command,
  argv: readonly string[],
): [before: readonly string[], behind: readonly string[]] {
  const { args } = command;
  const valued = optionsWithValue(command);
  let dashes = 0;
  while (dashes < argv.length && argv[dashes] !== '--') dashes += valued.has(argv[dashes]) ? 2 : 1;
  const at = args.length - Math.max(argv.length - dashes - 1, 0);
  return [args.slice(0, at), args.slice(at)];
}

/** What was meant where it is forgotten: `jsonmmap run config.yaml node server.js`. */
export interface Forgotten {
  /** The program among the files. */
  readonly program: string;
  /** Its position in the arguments. */
  readonly at: number;
  readonly cure: string;
}

/** Returns the program that `words`, the arguments behind `run`, name among the files; undefined where there is none, or `--` is there. */
export function forgottenDashes(words: readonly string[], command: Command): Forgotten | undefined {
  if (words.includes('--') || words.some((word) => /^--format(=|$)/.test(word))) return undefined;
  const [, at] = positionsOfFiles(words, command).flatMap((position, i) =>
    i === 0 ? [position] : looksLikeProgram(words[position]) ? [position] : [],
  );
  if (at === undefined) return undefined;
  const meant = ourCommand('run', ...words.slice(0, at), '--', ...words.slice(at));
  return { program: words[at], at, cure: `if it is the command to run, put -- before it: ${meant}` };
}

/** Where the words are that are neither options nor values of options. */
function positionsOfFiles(words: readonly string[], command: Command): number[] {
  const valued = optionsWithValue(command);
  return words.flatMap((word, i) => ((word.startsWith('-') && word !== '-') || valued.has(words[i - 1]) ? [] : [i]));
}

function optionsWithValue({ options }: Command): ReadonlySet<string> {
  return new Set(
    options.filter(({ required }) => required).flatMap(({ short, long }) => [short ?? [], long ?? []].flat()),
  );
}

/** It has no name of a document, and is not there, or may be run. */
function looksLikeProgram(file: string): boolean {
  const { name, isOptional } = namedBy(file);
  if (isOptional || isDirectory(name)) return false;
  if (isStandardInput(file) || isUpstreamUrl(file) || formatOf(file) !== undefined) return false;
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || (stats.isFile() && (stats.mode & 0o111) !== 0);
}
