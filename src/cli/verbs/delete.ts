/** `jsonmmap delete`: deletes the value at a pointer. */
import type { Command } from 'commander';
import { jsonPointer } from '../command.js';
import type { Io } from '../io.js';
import { type WriteOptions, write, writes } from '../write.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('delete')
    .summary('delete the value at a pointer')
    .description('Delete the value at a JSON pointer.')
    .argument('<name>', 'the region')
    .argument('<pointer>', 'a JSON pointer such as /flags/beta', jsonPointer);
  writes(command).action((name: string, path: string, options: WriteOptions) =>
    write(io, name, options, { verb: 'delete', path }),
  );
}
