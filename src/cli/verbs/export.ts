/** `jsonmmap export`: the document into a file. */
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { jsonPieces } from '../../follower/json-stream.js';
import type { Snapshot } from '../../follower/snapshot.js';
import { tokensOf } from '../../format/pointer.js';
import { formatOf as formatNamed } from '../../sources/formats/names.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import { type Write, writeFileFor } from '../files/write-file.js';
import { checkNaming, type FormatOptions, type WrittenFormat, writesFormats } from '../formats/names.js';
import { textOf } from '../formats/text.js';
import type { Io } from '../io.js';
import { type Progress, withProgress } from '../output/progress.js';
import { size } from '../output/words.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';
import { shellWord } from '../shell.js';

interface Options extends Where, JsonOption, FormatOptions {
  readonly output?: string | undefined;
  readonly path?: string;
  readonly pretty?: boolean;
  readonly compact?: boolean;
  readonly raw?: boolean;
  readonly at?: number;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('export')
    .summary('write the document to a file, in a format')
    .description(
      'Write the document, or the value at a JSON pointer, as JSON, YAML, TOML or environment variables, to standard output or to a file. A file is replaced atomically, and keeps its mode and owner; a device or a pipe is written to.',
    )
    .argument('<name>', 'the region')
    .argument('[file]', 'write to this file; the same as --output', fileName)
    .option('--path <pointer>', 'a JSON pointer (default: the whole document)', jsonPointer)
    .option('-o, --output <file>', 'write to this file', fileName)
    .addOption(new Option('-c, --compact', 'no line breaks').conflicts('pretty'))
    .option('-p, --pretty', 'indented (default)')
    .option('-r, --raw', 'with --format env: values without quotes')
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  writesFormats(command, 'by the extension of the file, else json');
  reads(command).action((name: string, file: string | undefined, given: Options) => {
    const options = { ...given, output: outputOf(file, given) };
    return withFollower(name, options, (follower) => {
      const snapshot = snapshotAt(follower, options.at, options);
      if (file !== undefined && given.output === undefined) checkIsFile(file, snapshot);
      return exportTo(io, name, snapshot, options, follower.status().bytes);
    });
  });
}

/** @throws `ERR_INVALID_ARG` for two different files */
function outputOf(file: string | undefined, { output }: Options): string | undefined {
  if (file === undefined || output === undefined || file === output) return output ?? file;
  throw new CommandError('ERR_INVALID_ARG', `both ${file} and ${output} are named as the file to write`, {
    cure: 'leave one out',
  });
}

/** `get NAME /flags` takes a pointer where `export` takes a file. @throws `ERR_INVALID_ARG` for a pointer of the document that names no file yet */
function checkIsFile(file: string, snapshot: Snapshot): void {
  if (!/^\/(?:[^~]|~[01])*$/.test(file) || !snapshot.has(tokensOf(file)) || existsSync(file)) return;
  const word = shellWord(file);
  throw new CommandError('ERR_INVALID_ARG', `${file} is a value of the document, and there is no such file`, {
    cure: `to export the value, use --path ${word}; to write such a file, --output ${word}`,
  });
}

async function exportTo(io: Io, name: string, snapshot: Snapshot, options: Options, sizeBytes: number): Promise<void> {
  const { output, json } = options;
  const tokens = existing(snapshot, name, options.path ?? '');
  const format = formatOf(options);
  checkCombination(options, format);
  if (output === undefined) {
    // On a terminal the document itself shows how far it is.
    await withProgress(io, io.out.isTTY ? 0 : sizeBytes, (progress) =>
      writeAll(snapshot, tokens, format, options, progress, (text) => io.writeDocument(text)),
    );
    return;
  }
  const bytes = await withProgress(io, sizeBytes, (progress) =>
    writeFileFor(output, (write) => writeAll(snapshot, tokens, format, options, progress, write)),
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

/** @throws `ERR_INVALID_ARG` */
function checkCombination(options: Options, format: WrittenFormat): void {
  const { output, json, compact, raw } = options;
  checkNaming(format, options);
  if (raw && format !== 'env') throw contradiction('--raw', `--format ${format}`);
  if (output === undefined && json && format !== 'json') throw contradiction('--json', `--format ${format}`);
  if (compact && (format === 'toml' || format === 'env')) throw contradiction('--compact', `--format ${format}`);
}

function contradiction(one: string, other: string): CommandError {
  return new CommandError('ERR_INVALID_ARG', `${one} and ${other} contradict each other`, {
    cure: 'leave one out, or write to a file with --output',
  });
}

async function writeAll(
  snapshot: Snapshot,
  tokens: readonly string[],
  format: WrittenFormat,
  options: Options,
  progress: Progress,
  write: Write,
): Promise<void> {
  progress.doing(`exporting version ${snapshot.version}`);
  if (format !== 'json') {
    await write(await textOf(format, snapshot.get(tokens), options));
    return;
  }
  const indent = options.compact || (options.json && !options.output) ? 0 : 2;
  for (const { text, fraction } of jsonPieces(snapshot, tokens, indent)) {
    await write(text);
    progress.fraction(fraction);
  }
  await write('\n');
}

function formatOf({ format, output }: Options): WrittenFormat {
  if (format !== undefined) return format;
  if (output !== undefined && /(^|[./])env$/i.test(output)) return 'env';
  const named = output === undefined ? undefined : formatNamed(output);
  return named === 'yaml' || named === 'toml' ? named : 'json';
}
