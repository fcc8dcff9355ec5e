/** `jsonmmap rm`: a region goes, with all its files. */
import type { Command } from 'commander';
import { JsonMmapError } from '../../errors.js';
import { remove } from '../../region/removal.js';
import { dirOption, type JsonOption, jsonOption } from '../command.js';
import type { ExitCode } from '../exit-codes.js';
import { explained } from '../explain.js';
import { fail } from '../failure.js';
import type { Io } from '../io.js';
import { inDirectory, lockedBy } from '../region.js';

interface Options extends JsonOption {
  readonly dir?: string;
  readonly force?: boolean;
}

export function register(program: Command, io: Io): void {
  program
    .command('rm')
    .summary('remove regions')
    .description('Remove regions with all their files, also damaged ones. Followers keep the last document.')
    .argument('<name...>', 'the regions')
    .option('-f, --force', 'remove it even if it has a master, whose next write then fails')
    .addOption(dirOption())
    .addOption(jsonOption())
    .action((names: string[], options: Options) => run(io, names, options));
}

/** Goes on after a failure. The exit code is that of the first. */
async function run(io: Io, names: readonly string[], options: Options): Promise<void> {
  const removed: string[] = [];
  let exitCode: ExitCode | undefined;
  for (const name of names) {
    try {
      removeOne(name, options);
      removed.push(name);
      if (!options.json) io.note(`removed ${name}`);
    } catch (error) {
      const code = fail(io, told(error, name, options), options.json ?? false);
      exitCode ??= code;
    }
  }
  if (options.json) await io.printJson({ removed });
  if (exitCode !== undefined) process.exitCode = exitCode;
}

function told(error: unknown, name: string, where: Options): unknown {
  return error instanceof JsonMmapError ? explained(error, { name, where, options: new Set(['--force']) }) : error;
}

function removeOne(name: string, options: Options): void {
  const { dir, force = false } = options;
  try {
    inDirectory(options, () => remove(name, { dir, force }));
  } catch (error) {
    if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_LOCKED') throw error;
    throw lockedBy(name, error, '', 'stop it first, or take the region from under it with --force');
  }
}
