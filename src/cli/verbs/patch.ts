/** `jsonmmap patch`: operations of RFC 6902, all of them or none. */
import type { Command } from 'commander';
import { type DocumentOptions, parseSource, readSource, readsDocument } from '../document.js';
import type { Io } from '../io.js';
import { type WriteOptions, write, writes } from '../write.js';

type Options = WriteOptions & DocumentOptions;

export function register(program: Command, io: Io): void {
  const command = program
    .command('patch')
    .summary('apply a JSON Patch (RFC 6902)')
    .description('Apply a JSON Patch (RFC 6902): all of its operations as one version, or none.')
    .argument('<name>', 'the region')
    .argument('[file]', 'the patch, a list of operations; standard input if it is - or left out');
  writes(readsDocument(command)).action((name: string, file: string | undefined, options: Options) =>
    run(io, name, file, options),
  );
}

async function run(io: Io, name: string, file: string | undefined, options: Options): Promise<void> {
  const value = await parseSource(await readSource(io, file, options));
  await write(io, name, options, { verb: 'patch', value });
}
