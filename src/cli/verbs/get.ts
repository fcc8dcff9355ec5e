/** `jsonmmap get`: the document, parts of it, or what a query finds in it. */
import { type Command, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { jsonPointer, millisecondsAboveZero, positiveNumber, reads } from '../command.js';
import { checkNaming, writesFormats } from '../formats/names.js';
import type { Io } from '../io.js';
import { existing } from '../pointer.js';
import { snapshotAt, withFollower } from '../region.js';
import type { Options } from './get/options.js';
import { printValues } from './get/values.js';

export function register(program: Command, io: Io): void {
  const command = program
    .command('get')
    .summary('print the document, values at pointers, or what a query finds')
    .description(
      'Print the document, or the values at JSON pointers, as JSON or in another format. Several values are of one version. With --query, print what a JSONPath expression (RFC 9535) finds.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer...]', 'JSON pointers such as /flags/beta (default: the whole document)', eachPointer)
    .addOption(
      new Option(
        '-r, --raw',
        'print strings without quotes; on a terminal control characters are escaped. With --format env: values without quotes',
      ).conflicts('json'),
    )
    .option('-c, --compact', 'print each value on one line')
    .option('-k, --keys', 'print the keys of the object, or the indexes of the array, one per line');
  writesFormats(command, 'json')
    .addOption(new Option('--query <expression>', "a JSONPath expression, such as '$.users[?@.age > 40].name'"))
    .addOption(new Option('--paths', 'with --query: print the pointers of what it finds'))
    .addOption(
      new Option('--query-timeout <time>', 'time limit of --query (default: 60s)').argParser(millisecondsAboveZero),
    )
    .option('--origin', 'print which file of jsonmmap run each value comes from')
    .option('--at <version>', 'read this version, if it is still kept', positiveNumber);
  reads(command).action((name: string, pointers: readonly string[], options: Options) =>
    run(io, name, pointers.length > 0 ? pointers : [''], options),
  );
}

function eachPointer(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), jsonPointer(text)];
}

async function run(io: Io, name: string, pointers: readonly string[], options: Options): Promise<void> {
  checkCombination(pointers, options);
  if (options.origin) return (await import('./get/origin.js')).printOrigins(io, name, pointers[0], options);
  if (options.query !== undefined) return (await import('./get/query.js')).printFound(io, name, pointers[0], options);
  await withFollower(name, options, async (follower) => {
    const snapshot = snapshotAt(follower, options.at, options);
    const values = pointers.map((pointer) => ({ pointer, tokens: existing(snapshot, name, pointer) }));
    await printValues(io, snapshot, values, options);
  });
}

/** Options that mean nothing together. @throws `ERR_INVALID_ARG` */
function checkCombination(pointers: readonly string[], options: Options): void {
  const { format, json, keys, raw, compact, query, paths, queryTimeout } = options;
  checkNaming(format ?? 'json', options);
  if (json && format !== undefined && format !== 'json') throw contradiction('--json', `--format ${format}`);
  if (keys && format !== undefined) throw contradiction('--keys', '--format');
  if (raw && format !== undefined && format !== 'env') throw contradiction('--raw', `--format ${format}`);
  if (compact && (format === 'toml' || format === 'env')) throw contradiction('--compact', `--format ${format}`);
  if (options.origin) checkOrigin(pointers, options);
  if (query === undefined) {
    if (paths || queryTimeout !== undefined)
      throw new CommandError('ERR_INVALID_ARG', `${paths ? '--paths' : '--query-timeout'} is about a query`, {
        cure: 'add --query <expression>, or leave it out',
      });
    return;
  }
  if (keys) throw contradiction('--query', '--keys');
  if (format !== undefined) throw contradiction('--query', '--format');
  if (pointers.length > 1) {
    throw new CommandError('ERR_INVALID_ARG', '--query takes at most one pointer: that of the value which is $', {
      cure: "leave the others out; $['a','b'] names several keys",
    });
  }
}

/** Origins are a table of the newest version. */
function checkOrigin(pointers: readonly string[], options: Options): void {
  const others = ['format', 'keys', 'raw', 'compact', 'query', 'at'] as const;
  const other = others.find((name) => options[name] !== undefined);
  if (other !== undefined) throw contradiction('--origin', `--${other}`);
  if (pointers.length > 1) {
    throw new CommandError('ERR_INVALID_ARG', '--origin takes at most one pointer', { cure: 'leave the others out' });
  }
}

function contradiction(one: string, other: string): CommandError {
  return new CommandError('ERR_INVALID_ARG', `${one} and ${other} contradict each other`, { cure: 'leave one out' });
}
