/** `jsonmmap get`: the document, or a part of it. */
import { type Command, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import type { JsonMmapError } from '../../errors.js';
import { jsonPieces } from '../../follower/json-stream.js';
import type { Snapshot } from '../../follower/snapshot.js';
import { isContainer } from '../../format/layout.js';
import { pointerOf } from '../../format/pointer.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { prettyJson } from '../output/json-text.js';
import { plain } from '../output/paint.js';
import { safe } from '../output/safe.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';

interface Options extends Where, JsonOption {
  readonly raw?: boolean;
  readonly compact?: boolean;
  readonly keys?: boolean;
  readonly at?: number;
}

/** Colour needs the whole text at once, and a larger one is not read on a terminal. */
const COLOURED_UP_TO_BYTES = 32 * 1024 * 1024;

export function register(program: Command, io: Io): void {
  const command = program
    .command('get')
    .summary('print the document, or the value at a pointer')
    .description('Print the document, or the value at a JSON pointer, as JSON.')
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags/beta (default: the whole document)', jsonPointer)
    .addOption(
      new Option('-r, --raw', 'print a string without quotes; on a terminal control characters are escaped').conflicts(
        'json',
      ),
    )
    .option('-c, --compact', 'print on one line')
    .option('-k, --keys', 'print the keys of the object, or the indexes of the array, one per line')
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    withFollower(name, options, (follower) => {
      const snapshot = snapshotAt(follower, options.at, options);
      const tokens = existing(snapshot, name, pointer ?? '');
      const coloured = io.paint !== plain && follower.status().bytes <= COLOURED_UP_TO_BYTES;
      return print(io, snapshot, tokens, { ...options, coloured });
    }),
  );
}

async function print(
  io: Io,
  snapshot: Snapshot,
  tokens: readonly string[],
  options: Options & { coloured: boolean },
): Promise<void> {
  const isScalar = !isContainer(snapshot.valueRef(tokens)?.hi ?? 0);
  if (options.keys) {
    if (isScalar) throw withoutKeys(tokens);
    const keys = snapshot.keys(tokens);
    if (options.json) await io.printJson(keys);
    else if (keys.length > 0) await io.print(keys.map(safe).join('\n'));
    return;
  }
  const value = isScalar ? snapshot.get(tokens) : undefined;
  if (options.raw && typeof value === 'string') await io.writeDocument(`${value}\n`);
  else if (options.json || options.compact || !options.coloured) await stream(io, snapshot, tokens, options);
  else await io.print(prettyJson(snapshot.get(tokens), io.paint));
}

function withoutKeys(tokens: readonly string[]): JsonMmapError {
  const where = tokens.length === 0 ? 'the document' : pointerOf(tokens);
  return new CommandError('ERR_PATH_NOT_FOUND', `${where} is neither an object nor an array, so it has no keys`, {
    cure: 'leave --keys out to see the value',
  });
}

async function stream(
  io: Io,
  snapshot: Snapshot,
  tokens: readonly string[],
  { json, compact }: Options,
): Promise<void> {
  for (const { text } of jsonPieces(snapshot, tokens, json || compact ? 0 : 2)) await io.writeDocument(text);
  await io.write('\n');
}
