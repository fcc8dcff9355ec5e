/** `jsonmmap tree`: the shape of a document. */
import type { Command } from 'commander';
import type { Snapshot } from '../../follower/snapshot.js';
import type { ValueRef } from '../../format/compare/value-ref.js';
import { keepUntilHere } from '../../region/segment/lease.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { safe } from '../output/safe.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';
import { branchesOf } from './tree/branches.js';
import { treeOf } from './tree/json.js';
import { linesOf } from './tree/text.js';

interface Options extends Where, JsonOption {
  readonly depth: number;
  readonly limit: number;
  readonly at?: number;
}

const DEPTH = 3;
const LIMIT = 20;
/** Lines are written together up to this length. */
const PIECE_LENGTH = 64 * 1024;

export function register(program: Command, io: Io): void {
  const command = program
    .command('tree')
    .summary('show the shape of the document')
    .description(
      'Show the document, or the value at a JSON pointer, as a tree: its keys, how large objects and arrays are, and the beginning of other values.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags (default: the whole document)', jsonPointer)
    .option('--depth <levels>', `show so many levels (default: ${DEPTH})`, positiveNumber)
    .option('--limit <entries>', `show so many entries of each object or array (default: ${LIMIT})`, positiveNumber)
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    withFollower(name, options, (follower) =>
      print(io, name, snapshotAt(follower, options.at, options), pointer, options),
    ),
  );
}

async function print(io: Io, name: string, snapshot: Snapshot, pointer = '', options: Options): Promise<void> {
  const { depth = DEPTH, limit = LIMIT, json } = options;
  const root = snapshot.valueRef(existing(snapshot, name, pointer)) as ValueRef;
  const branches = branchesOf(root, { depth, limit });
  if (json) await io.printJson({ name, version: snapshot.version, path: pointer, tree: treeOf(branches) });
  else await printLines(io, linesOf(io, safe(pointer || name), branches));
  keepUntilHere(snapshot);
}

async function printLines(io: Io, lines: Iterable<string>): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < PIECE_LENGTH) continue;
    await io.write(text);
    text = '';
  }
  await io.write(text);
}
