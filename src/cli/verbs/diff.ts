/** `jsonmmap diff`: what changed between two versions. */
import { Argument, type Command } from 'commander';
import { CommandError } from '../../command-error.js';
import type { Follower } from '../../follower/follower.js';
import { type JsonOption, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { changeLines } from '../output/changes-text.js';
import { inDirectory, snapshotAt, withFollower } from '../region.js';
import { inDir, ourCommand } from '../shell.js';

type Options = Where & JsonOption;

export function register(program: Command, io: Io): void {
  const command = program
    .command('diff')
    .summary('print the changes between two versions')
    .description('Print the changes between two versions that are kept; with --json as a JSON Patch (RFC 6902).')
    .argument('<name>', 'the region')
    .addArgument(new Argument('[from]', 'a version (default: the one before the newest)').argParser(positiveNumber))
    .addArgument(new Argument('[to]', 'another version (default: the newest)').argParser(positiveNumber));
  reads(command).action((name: string, from: number | undefined, to: number | undefined, options: Options) =>
    withFollower(name, options, (follower) =>
      print(io, follower, from ?? versionBefore(follower, options), to, options),
    ),
  );
}

async function print(
  io: Io,
  follower: Follower,
  fromVersion: number,
  toVersion: number | undefined,
  options: Options,
): Promise<void> {
  const from = snapshotAt(follower, fromVersion, options);
  const to = snapshotAt(follower, toVersion, options);
  const patch = inDirectory(options, () => follower.diff(from.version, to.version));
  if (options.json) await io.printJson(patch);
  else if (patch.length > 0) await io.print(changeLines(io, patch, from));
  else io.note(`versions ${from.version} and ${to.version} do not differ`);
}

function versionBefore(follower: Follower, { dir }: Options): number {
  const [newest, before] = follower.history();
  if (before !== undefined) return before.version;
  throw new CommandError('ERR_VERSION_GONE', `${follower.name} has only version ${newest.version}`, {
    cure: `keep more: ${ourCommand('publish', follower.name, ...inDir(dir))} <file> --history <versions>`,
  });
}
