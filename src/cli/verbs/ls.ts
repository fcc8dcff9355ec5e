/** `jsonmmap ls`: which regions there are. */
import type { Command } from 'commander';
import { directoryToRead } from '../../region/files/paths.js';
import { type RegionInfo, regions } from '../../region/list.js';
import { type JsonOption, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { ageCell, errorCell, masterCell } from '../output/region-cells.js';
import { safe } from '../output/safe.js';
import { type Cell, table } from '../output/table.js';
import { size } from '../output/words.js';
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

function row(region: RegionInfo): Cell[] {
  const named: Cell = { text: region.name, style: 'bold' };
  if (region.error !== undefined) return [named, '', '', size(region.sizeBytes), errorCell(region.error)];
  return [named, String(region.version), ageCell(region), size(region.sizeBytes), masterCell(region)];
}
