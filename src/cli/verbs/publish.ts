/** `jsonmmap publish`: a file becomes the document. */
import type { Command } from 'commander';
import { positiveNumber } from '../command.js';
import { type DocumentOptions, parseSource, readSource, readsDocument } from '../document.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { durabilityOption, fileMode, maxBytesOption, type RegionSettings } from '../region-settings.js';
import { publish, tellWritten, type WriteOptions, writes } from '../write.js';

type Options = WriteOptions & DocumentOptions & RegionSettings;

export function register(program: Command, io: Io): void {
  const command = program
    .command('publish')
    .summary('publish a file as the document of a region')
    .description(
      'Publish a file as the document of a region, and create the region if it does not exist. Only the differences are written.',
    )
    .argument('<name>', 'the region')
    .argument('[file]', 'the document; standard input if it is - or left out')
    .option('--mode <mode>', 'file mode of the region: 600 (default), 640 or 644', fileMode)
    .option('--history <versions>', 'how many versions stay readable (default: as before, else 1)', positiveNumber)
    .addOption(maxBytesOption())
    .addOption(durabilityOption());
  writes(readsDocument(command)).action((name: string, file: string | undefined, options: Options) =>
    run(io, name, file, options),
  );
}

async function run(io: Io, name: string, file: string | undefined, options: Options): Promise<void> {
  const source = await readSource(io, file, options);
  const { mode, history, maxBytes, durability } = options;
  const written = await withProgress(io, source.bytes.length, async (progress) => {
    const value = await parseSource(source, progress);
    progress.doing(`publishing ${name}`);
    return publish(name, options, value, { mode, history, maxBytes, durability });
  });
  await tellWritten(io, options, written);
  if (written.byMaster && (mode ?? history ?? maxBytes ?? durability) !== undefined) {
    io.note(io.paintNote('yellow', 'its master lives and keeps its own mode, history, size limit and durability'));
  }
}
