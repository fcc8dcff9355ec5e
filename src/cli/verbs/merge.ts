/** `jsonmmap merge`: a merge patch of RFC 7396. */
import type { Command } from 'commander';
import { type DocumentOptions, parseSource, readSource, readsDocument } from '../document.js';
import type { Io } from '../io.js';
import { type WriteOptions, write, writes } from '../write.js';

type Options = WriteOptions & DocumentOptions;

export function register(program: Command, io: Io): void {
  const command = program
    .command('merge')
    .summary('merge into the document (RFC 7396)')
    .description(
      'Merge a document into the document of the region (RFC 7396): objects are merged, null deletes, other values replace.',
    )
    .argument('<name>', 'the region')
    .argument('[file]', 'what to merge; standard input if it is - or left out');
  writes(readsDocument(command)).action((name: string, file: string | undefined, options: Options) =>
    run(io, name, file, options),
  );
}

async function run(io: Io, name: string, file: string | undefined, options: Options): Promise<void> {
  const value = await parseSource(await readSource(io, file, options));
  await write(io, name, options, { verb: 'merge', value });
}
