/** `jsonmmap diff`: what changed between two versions, or what a file would change. */
import type { Command } from 'commander';
import { CommandError } from '../../command-error.js';
import type { Follower } from '../../follower/follower.js';
import type { JsonPatch } from '../../format/compare/json-patch.js';
import { type JsonOption, reads, type Where } from '../command.js';
import { compared } from '../comparison.js';
import { type DocumentOptions, readsDocument } from '../document.js';
import { bytesIn, namesIn, parseSources, readSources } from '../documents.js';
import { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { changeLines } from '../output/changes-text.js';
import { withProgress } from '../output/progress.js';
import { inDirectory, snapshotAt, withFollower } from '../region.js';
import { inDir, ourCommand, shellWord } from '../shell.js';

interface Options extends Where, JsonOption, DocumentOptions {
  readonly exitCode?: boolean;
}

/** What is compared: two versions, or a version with files. */
interface Sides {
  readonly versions: readonly number[];
  readonly files: readonly string[];
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('diff')
    .summary('print the changes between two versions, or what a file would change')
    .description(
      'Print the changes between two versions that are kept, or what the publication of files would change; with --json as a JSON Patch (RFC 6902).',
    )
    .usage('<name> [from] [to] | <name> [from] <file...> [options]')
    .argument('<name>', 'the region')
    .argument(
      '[what...]',
      'versions (default: the newest and the one before it); or a file, or several, - for standard input, compared with a version (default: the newest). Digits are a version: ./5 is a file',
    )
    .option('--exit-code', 'exit with 1 if there are differences');
  reads(readsDocument(command)).action((name: string, what: string[], options: Options) => {
    const sides = sidesOf(what);
    return sides.files.length > 0 ? withFiles(io, name, sides, options) : ofVersions(io, name, sides, options);
  });
}

/** @throws `ERR_INVALID_ARG` for what is neither two versions nor a version and files */
function sidesOf(words: readonly string[]): Sides {
  const isVersion = (word: string): boolean => /^\d+$/.test(word);
  const firstFile = words.findIndex((word) => !isVersion(word));
  const [digits, files] = firstFile < 0 ? [words, []] : [words.slice(0, firstFile), words.slice(firstFile)];
  const late = files.find(isVersion);
  if (late !== undefined) {
    throw new CommandError('ERR_INVALID_ARG', `the version ${late} comes after a file`, {
      cure: `name it before the files; if it is a file: ./${late}`,
    });
  }
  const most = files.length > 0 ? 1 : 2;
  if (digits.length > most) {
    const what = files.length > 0 ? 'files are compared with one version' : 'diff compares two versions';
    throw new CommandError('ERR_INVALID_ARG', `${what}, not ${digits.length}`, {
      cure: `if ${shellWord(digits[most])} is a file: ./${digits[most]}`,
    });
  }
  return { versions: digits.map(versionOf), files };
}

function versionOf(digits: string): number {
  const version = Number(digits);
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new CommandError('ERR_INVALID_ARG', `${digits} is not a version`, {
    cure: `versions begin at 1; if it is a file: ./${digits}`,
  });
}

function ofVersions(io: Io, name: string, { versions: [first, second] }: Sides, options: Options): Promise<void> {
  return withFollower(name, options, async (follower) => {
    const from = snapshotAt(follower, first ?? versionBefore(follower, options), options);
    const to = snapshotAt(follower, second, options);
    const patch = inDirectory(options, () => follower.diff(from.version, to.version));
    const same = `versions ${from.version} and ${to.version} do not differ`;
    await print(io, patch, changeLines(io, patch, from), same, options);
  });
}

async function withFiles(io: Io, name: string, { versions: [version], files }: Sides, options: Options): Promise<void> {
  const sources = await readSources(io, files, options);
  await withFollower(name, options, async (follower) => {
    const from = snapshotAt(follower, version, options);
    const { patch, lines } = await withProgress(io, bytesIn(sources), async (progress) => {
      const value = await parseSources(sources, progress);
      progress.doing(`comparing with ${name}`);
      return compared(from.current, value, (found, before) => ({
        patch: found,
        lines: changeLines(io, found, before),
      }));
    });
    const same = `version ${from.version} of ${name} and ${namesIn(sources)} do not differ`;
    await print(io, patch, lines, same, options);
  });
}

async function print(io: Io, patch: JsonPatch, lines: string, same: string, options: Options): Promise<void> {
  if (options.exitCode && patch.length > 0) process.exitCode = ExitCode.FAILURE;
  if (options.json) await io.printJson(patch);
  else if (patch.length > 0) await io.print(lines);
  else io.note(same);
}

function versionBefore(follower: Follower, { dir }: Options): number {
  const [newest, before] = follower.history();
  if (before !== undefined) return before.version;
  throw new CommandError('ERR_VERSION_GONE', `${follower.name} has only version ${newest.version}`, {
    cure: `keep more: ${ourCommand('publish', follower.name, ...inDir(dir))} <file> --history <versions>`,
  });
}
