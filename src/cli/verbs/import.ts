/** `jsonmmap import`: a file becomes the value at a pointer. */
import type { Command } from 'commander';
import { CommandError } from '../../command-error.js';
import { isArray } from '../../format/layout.js';
import { pointerOf, tokensOf } from '../../format/pointer.js';
import { setOwn } from '../../format/read/construct.js';
import { jsonPointer } from '../command.js';
import { type DocumentOptions, parseSource, readSource, readsDocument } from '../document.js';
import type { Io } from '../io.js';
import { withProgress } from '../output/progress.js';
import { withFollower } from '../region.js';
import { type WriteOptions, write, writes } from '../write.js';

interface Options extends WriteOptions, DocumentOptions {
  readonly path: string;
  readonly merge?: boolean;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('import')
    .summary('make a file the value at a pointer')
    .description(
      'Set the value at a JSON pointer to what a file contains, in any format that publish reads. The rest of the document stays. Parent objects that are missing are created.',
    )
    .argument('<name>', 'the region')
    .argument('[file]', 'the value; standard input if it is - or left out')
    .requiredOption('--path <pointer>', "where in the document; '' is the whole document", jsonPointer)
    .option('--merge', 'merge into the value that is there (RFC 7396): null deletes, other values replace');
  writes(readsDocument(command)).action((name: string, file: string | undefined, options: Options) =>
    run(io, name, file, options),
  );
}

async function run(io: Io, name: string, file: string | undefined, options: Options): Promise<void> {
  const { path, merge } = options;
  const source = await readSource(io, file, options);
  const value = await withProgress(io, source.bytes.length, (progress) => parseSource(source, progress));
  if (merge) await write(io, name, options, { verb: 'merge', value: await patchAt(name, path, value, options) });
  else await write(io, name, options, path === '' ? { verb: 'write', value } : { verb: 'set', path, value });
}

/** A merge patch of the whole document that changes the value at `path` alone. Such a patch cannot reach into an array. @throws `ERR_INVALID_ARG` */
async function patchAt(name: string, path: string, patch: unknown, { dir }: Options): Promise<unknown> {
  const tokens = tokensOf(path);
  await withFollower(name, { dir }, (follower) => {
    const snapshot = follower.snapshot();
    tokens.forEach((_, i) => {
      const parent = tokens.slice(0, i);
      if (isArray(snapshot.valueRef(parent)?.hi ?? 0)) throw inArray(pointerOf(parent));
    });
  });
  return tokens.reduceRight((value: unknown, token) => {
    const parent = {};
    setOwn(parent, token, value);
    return parent;
  }, patch);
}

function inArray(pointer: string): CommandError {
  return new CommandError(
    'ERR_INVALID_ARG',
    `${pointer || 'the document'} is an array, and --merge reaches objects only`,
    {
      cure: 'leave --merge out to replace the value, or use patch',
    },
  );
}
