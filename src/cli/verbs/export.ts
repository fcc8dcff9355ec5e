/** `jsonmmap export`: the document into a file. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { jsonPieces } from '../../follower/json-stream.js';
import type { Snapshot } from '../../follower/snapshot.js';
import { formatOf as formatNamed } from '../../sources/formats/names.js';
import { asOneText } from '../../stringify-limits.js';
import { type JsonOption, positiveNumber, reads, type Where } from '../command.js';
import { type Write, writeFileFor } from '../files/write-file.js';
import type { Io } from '../io.js';
import { type Progress, withProgress } from '../output/progress.js';
import { size } from '../output/words.js';
import { snapshotAt, withFollower } from '../region.js';

interface Options extends Where, JsonOption {
  readonly format?: 'json' | 'yaml';
  readonly output?: string;
  readonly pretty?: boolean;
  readonly compact?: boolean;
  readonly at?: number;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('export')
    .summary('write the document as JSON or YAML')
    .description(
      'Write the document as JSON or YAML, to standard output or to a file. A file is replaced atomically, and keeps its mode and owner; a device or a pipe is written to.',
    )
    .argument('<name>', 'the region')
    .addOption(
      new Option('--format <format>', 'json or yaml (default: by the extension of --output, else json)').choices([
        'json',
        'yaml',
      ]),
    )
    .option('-o, --output <file>', 'write to this file', fileName)
    .addOption(new Option('-c, --compact', 'no line breaks').conflicts('pretty'))
    .option('-p, --pretty', 'indented (default)')
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  reads(command).action((name: string, options: Options) =>
    withFollower(name, options, (follower) =>
      exportTo(io, name, snapshotAt(follower, options.at, options), options, follower.status().bytes),
    ),
  );
}

async function exportTo(io: Io, name: string, snapshot: Snapshot, options: Options, sizeBytes: number): Promise<void> {
  const { output, json, format } = options;
  checkWritable(options);
  if (output === undefined && json && format === 'yaml') {
    throw new CommandError('ERR_INVALID_ARG', '--json and --format yaml contradict each other', {
      cure: 'leave one out, or write to a file with --output',
    });
  }
  if (output === undefined) {
    // On a terminal the document itself shows how far it is.
    await withProgress(io, io.out.isTTY ? 0 : sizeBytes, (progress) =>
      writeAll(snapshot, options, progress, (text) => io.writeDocument(text)),
    );
    return;
  }
  const bytes = await withProgress(io, sizeBytes, (progress) =>
    writeFileFor(output, (write) => writeAll(snapshot, options, progress, write)),
  );
  if (bytes === undefined) return;
  const { version } = snapshot;
  if (json) await io.printJson({ name, version, output, bytes });
  else io.note(`${output}  ${size(bytes)}, version ${version} of ${name}`);
}

function fileName(text: string): string {
  if (text === '') throw new InvalidArgumentError('must name a file');
  return text;
}

/** A file is not given a name that says another format than it has. @throws `ERR_INVALID_ARG` */
function checkWritable({ format, output }: Options): void {
  if (format !== undefined || output === undefined || formatNamed(output) !== 'toml') return;
  throw new CommandError('ERR_INVALID_ARG', `${output} names TOML, which export does not write`, {
    cure: 'name a file that ends in .json or .yaml, or say which it is with --format',
  });
}

async function writeAll(snapshot: Snapshot, options: Options, progress: Progress, write: Write): Promise<void> {
  progress.doing(`exporting version ${snapshot.version}`);
  if (formatOf(options) === 'yaml') {
    await write(await yamlText(snapshot, options));
    return;
  }
  for (const { text, fraction } of jsonPieces(
    snapshot,
    [],
    options.compact || (options.json && !options.output) ? 0 : 2,
  )) {
    await write(text);
    progress.fraction(fraction);
  }
  await write('\n');
}

function formatOf({ format, output, json }: Options): 'json' | 'yaml' {
  if (format !== undefined) return format;
  return !json && output !== undefined && /\.ya?ml$/i.test(output) ? 'yaml' : 'json';
}

async function yamlText(snapshot: Snapshot, { compact }: Options): Promise<string> {
  const { stringify } = await import('yaml');
  // Equal parts of a document are one object in memory; that they are is no part of the document.
  const style = { aliasDuplicateObjects: false, lineWidth: 0, collectionStyle: compact ? 'flow' : 'any' } as const;
  const cure = 'export it as JSON, which is written piece by piece';
  return asOneText(() => stringify(snapshot.current, style), 'to be written as YAML', cure);
}
