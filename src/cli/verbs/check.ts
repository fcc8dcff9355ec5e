/** `jsonmmap check`: the full integrity check. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { check, type Problem, type Report } from '../../check.js';
import { regions } from '../../region/list.js';
import { type JsonOption, reads, type Where } from '../command.js';
import { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { safe } from '../output/safe.js';
import { count, size } from '../output/words.js';
import { inDirectory, whereOf } from '../region.js';

interface Options extends Where, JsonOption {
  readonly all?: boolean;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('check')
    .summary('check the files and the document of a region')
    .description(
      'Check the files, the commit ring and every node of a region. The master may continue meanwhile. The exit code is 5 if something is wrong.',
    )
    .argument('<name>', 'the region')
    .option('--all', 'check all versions that can be read, not only those that the master keeps');
  reads(command).action((name: string, options: Options) => run(io, name, options));
}

async function run(io: Io, name: string, options: Options): Promise<void> {
  const where = whereOf(options);
  const report = await withProgress(io, sizeOf(name, options), (progress) => {
    progress.doing(`checking ${name}`);
    return inDirectory(options, () => check(name, options.all ? { ...where, versions: Infinity } : where));
  });
  const damaged = report.problems.some(({ severity }) => severity === 'error');
  if (damaged) process.exitCode = ExitCode.CORRUPT;
  if (options.json) await io.printJson(report);
  else
    await io.print([...report.problems.map((problem) => line(io, problem)), summary(io, report, damaged)].join('\n'));
}

function sizeOf(name: string, where: Where): number {
  return inDirectory(where, () => regions(whereOf(where))).find((region) => region.name === name)?.sizeBytes ?? 0;
}

function line({ paint }: Io, { severity, path, message }: Problem): string {
  return `${severity === 'error' ? paint('red', 'error') : paint('yellow', 'leftover')}  ${safe(basename(path))}: ${safe(message)}`;
}

function summary({ paint }: Io, report: Report, damaged: boolean): string {
  const { name, problems, versions, nodes, liveBytes, depth } = report;
  const looked = `${count(versions.length, 'version')}, ${count(nodes, 'node')}, ${size(liveBytes)} live, ${count(depth, 'level')} deep`;
  if (damaged) return `${paint('red', '✗')} ${paint('bold', name)}  ${count(problems.length, 'problem')}; ${looked}`;
  const leftovers =
    problems.length === 0 ? '' : `; ${count(problems.length, 'leftover')} for the next master to remove`;
  return `${paint('green', '✓')} ${paint('bold', name)}  sound: ${looked}${leftovers}`;
}
