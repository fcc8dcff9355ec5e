/** `jsonmmap publish`: files become the document. */
import type { Command } from 'commander';
import { positiveNumber } from '../command.js';
import { readsDocument } from '../document.js';
import { bytesIn, type CheckedDocumentOptions, checkedDocument, readSources } from '../documents.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { durabilityOption, fileMode, maxBytesOption, type RegionSettings } from '../region-settings.js';
import { publish, tellWritten, type WriteOptions, writes } from '../write.js';
import { rehearse } from './publish/dry-run.js';

interface Options extends WriteOptions, CheckedDocumentOptions, RegionSettings {
  readonly dryRun?: boolean;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('publish')
    .summary('publish a file as the document of a region')
    .description(
      'Publish a file as the document of a region, and create the region if it does not exist. Later files are merged into earlier ones (RFC 7396). Only the differences are written.',
    )
    .argument('<name>', 'the region')
    .argument('[file...]', 'the document; standard input if it is - or left out')
    .option('--schema <file>', 'a JSON Schema that the document must pass to be published')
    .option('-n, --dry-run', 'print what would change, and write nothing')
    .option('--mode <mode>', 'file mode of the region: 600 (default), 640 or 644', fileMode)
    .option('--history <versions>', 'how many versions stay readable (default: as before, else 1)', positiveNumber)
    .addOption(maxBytesOption())
    .addOption(durabilityOption());
  writes(readsDocument(command)).action((name: string, files: string[], options: Options) =>
    run(io, name, files, options),
  );
}

async function run(io: Io, name: string, files: readonly string[], options: Options): Promise<void> {
  const sources = await readSources(io, files, options);
  const { mode, history, maxBytes, durability } = options;
  if (options.dryRun) {
    const value = await withProgress(io, bytesIn(sources), (progress) => checkedDocument(sources, options, progress));
    await rehearse(io, name, options, value);
    return;
  }
  const written = await withProgress(io, bytesIn(sources), async (progress) => {
    const value = await checkedDocument(sources, options, progress);
    progress.doing(`publishing ${name}`);
    return publish(name, options, value, { mode, history, maxBytes, durability });
  });
  await tellWritten(io, options, written);
  if (written.byMaster && (mode ?? history ?? maxBytes ?? durability) !== undefined) {
    io.note(io.paintNote('yellow', 'its master lives and keeps its own mode, history, size limit and durability'));
  }
}
