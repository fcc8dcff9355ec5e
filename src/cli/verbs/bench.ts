/** `jsonmmap bench`: how fast it is here. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { systemError } from '../../errors.js';
import { Master } from '../../master/master.js';
import { mmapSystem } from '../../system/system.js';
import { type JsonOption, jsonOption } from '../command.js';
import type { Io } from '../io.js';
import { type Progress, withProgress } from '../output/progress.js';
import { table } from '../output/table.js';
import { duration } from '../output/words.js';
import { checkDirectory } from '../region.js';
import { type Bench, benchDocument, type Result, readTrials, wakeTrial, writeTrials } from './bench/trials.js';

export function register(program: Command, io: Io): void {
  program
    .command('bench')
    .summary('measure speed on this machine')
    .description(
      'Measure reads, writes and notifications on this machine, in a region of its own. Takes a few seconds.',
    )
    .option('--dir <directory>', 'a directory to put that region in (default: shared memory)')
    .addOption(jsonOption())
    .action((options: JsonOption & { dir?: string }) => bench(io, options));
}

async function bench(io: Io, { dir: parent, json }: JsonOption & { dir?: string }): Promise<void> {
  const dir = directoryIn(parent ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir()));
  try {
    const results = await withProgress(io, Infinity, (progress) => measure({ name: 'bench', dir }, progress));
    const machine = {
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      mapping: mmapSystem().kind,
    };
    if (json) await io.printJson({ machine, results });
    else await io.print(report(io, results, machine));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function directoryIn(parent: string): string {
  checkDirectory(parent);
  try {
    return mkdtempSync(join(parent, 'jsonmmap-bench-'));
  } catch (error) {
    throw systemError(error, `create a directory in ${parent}`);
  }
}

async function measure(region: Bench, progress: Progress): Promise<Result[]> {
  const master = Master.open(region.name, { dir: region.dir, initial: benchDocument });
  try {
    progress.doing('measuring reads');
    const reads = readTrials(region);
    progress.doing('measuring writes');
    const writes = writeTrials(master);
    progress.doing('measuring the way to another process');
    return [...reads, ...writes, await wakeTrial(master, region)];
  } finally {
    master.close();
  }
}

function report(
  io: Io,
  results: readonly Result[],
  { node, cpu, cores, mapping }: { node: string; cpu: string; cores: number; mapping: string },
): string {
  const columns = [
    { title: 'A document of 1 MB, 10,000 users' },
    { title: 'MEDIAN', align: 'right' },
    { title: 'P99', align: 'right' },
  ] as const;
  const rows = results.map(({ trial, medianNs, p99Ns }) => [
    trial,
    { text: duration(medianNs), style: 'cyan' as const },
    duration(p99Ns),
  ]);
  const machine = `Node ${node}, ${cores} × ${cpu}, ${mapping === 'native' ? 'memory mappings' : 'the fallback over system calls'}`;
  return `${table(columns, rows, io.paint)}\n${io.paint('dim', machine)}`;
}
