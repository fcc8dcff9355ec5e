/** `jsonmmap edit`: the document, or a value, in the editor of the user. */
import { type Command, Option } from 'commander';
import { jsonPointer } from '../command.js';
import { readsText } from '../document.js';
import type { Io } from '../io.js';
import { writes } from '../write.js';
import { DRAFT_FORMATS, type EditOptions } from './edit/options.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('edit')
    .summary('change the document, or a value, in your editor')
    .description(
      'Change the document, or the value at a JSON pointer, in $VISUAL or $EDITOR. Shows what changes, asks on a terminal, and writes it if nobody else has changed it meanwhile. A text that cannot be written is kept.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags/beta (default: the whole document)', jsonPointer)
    .addOption(
      new Option('--format <format>', 'json, jsonc (with comments) or yaml').choices(DRAFT_FORMATS).default('json'),
    )
    .option('--schema <file>', 'a JSON Schema that the document must pass')
    .option('-y, --yes', 'write without asking');
  writes(readsText(command)).action(async (name: string, pointer: string | undefined, options: EditOptions) => {
    const { edit } = await import('./edit/session.js');
    await edit(io, name, pointer ?? '', options);
  });
}
