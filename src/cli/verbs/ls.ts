/** `jsonmmap ls`: which regions there are. */
import type { Command } from 'commander';
import { directoryToRead } from '../../region/files/paths.js';
import { type RegionInfo, regions } from '../../region/list.js';
import { type JsonOption, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { safe } from '../output/safe.js';
import { type Cell, table } from '../output/table.js';
import { ago, size } from '../output/words.js';
import { checkDirectory, whereOf } from '../region.js';

interface Options extends Where, JsonOption {
  readonly names?: boolean;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('ls')
    .summary('list the regions')
    .description('List the regions of a directory: version, age, size and master.')
    .option('--names', 'print the names only');
  reads(command).action((options: Options) => list(io, options));
}

async function list(io: Io, options: Options): Promise<void> {
  checkDirectory(options.dir);
  const found = regions(whereOf(options));
  if (options.json) await io.printJson(options.names ? found.map(({ name }) => name) : found);
  else if (options.names) await io.write(found.map(({ name }) => `${name}\n`).join(''));
  else if (found.length === 0) io.note(`no regions in ${safe(directoryToRead(options.dir, options.owner))}`);
  else await io.print(regionTable(io, found));
}

function regionTable(io: Io, found: readonly RegionInfo[]): string {
  const columns = [
    { title: 'NAME' },
    { title: 'VERSION', align: 'right' },
    { title: 'AGE' },
    { title: 'SIZE', align: 'right' },
    { title: 'MASTER' },
  ] as const;
  return table(columns, found.map(row), io.paint, io.width);
}

function row({ name, version, committedAt, sizeBytes, error, ...master }: RegionInfo): Cell[] {
  const named: Cell = { text: name, style: 'bold' };
  if (error !== undefined) return [named, '', '', size(sizeBytes), { text: error, style: 'red' }];
  const age = version === 0 ? 'empty' : ago(Date.now() - committedAt);
  return [named, String(version), age, size(sizeBytes), masterCell(master)];
}

type Master = Pick<RegionInfo, 'masterPid' | 'masterElsewhere' | 'masterAlive'>;

function masterCell({ masterPid: pid, masterElsewhere, masterAlive }: Master): Cell {
  if (pid === undefined) return masterAlive ? { text: 'alive', style: 'green' } : { text: 'none', style: 'dim' };
  const who = masterElsewhere ? `process ${pid} elsewhere` : `process ${pid}`;
  if (masterAlive) return { text: who, style: 'green' };
  return { text: masterAlive === undefined ? `${who}, cannot be seen` : `${who}, dead`, style: 'yellow' };
}
