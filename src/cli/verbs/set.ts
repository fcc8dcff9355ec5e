/** `jsonmmap set`: sets one value at one path. */
import type { Command } from 'commander';
import { jsonPointer } from '../command.js';
import { argumentValue, type ReadingFlags, readsText } from '../document.js';
import type { Io } from '../io.js';
import { type WriteOptions, write, writes } from '../write.js';

type Options = WriteOptions & ReadingFlags & { readonly string?: boolean };

export function register(program: Command, io: Io): void {
  const command = program
    .command('set')
    .summary('set the value at a pointer')
    .description(
      'Set the value at a JSON pointer. Parent objects that are missing are created; in an array, - appends.',
    )
    .argument('<name>', 'the region')
    .argument('<pointer>', 'a JSON pointer such as /flags/beta', jsonPointer)
    .argument('<json>', 'the value; standard input if it is -')
    .option('-s, --string', 'the value is text, not JSON');
  writes(readsText(command)).action((name: string, path: string, text: string, options: Options) =>
    run(io, name, path, text, options),
  );
}

async function run(io: Io, name: string, path: string, text: string, options: Options): Promise<void> {
  const value = options.string ? text : await argumentValue(io, text, options);
  await write(io, name, options, { verb: 'set', path, value });
}
