/** `jsonmmap wait`: ends when a region, a path or a value is there, or is gone. */
import { type Command, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { tokensOf } from '../../format/pointer.js';
import { type JsonOption, jsonPointer, milliseconds, reads, type Where } from '../command.js';
import { argumentValue, type ReadingFlags, readsText } from '../document.js';
import type { Io } from '../io.js';
import { compactJson } from '../output/json-text.js';
import { safe } from '../output/safe.js';
import { cut } from '../output/table.js';
import { untilSignal } from '../processes/signals.js';
import { checkDirectory } from '../region.js';
import { inDir, ourCommand } from '../shell.js';
import { type Goal, Waiting } from './wait/waiting.js';

interface Options extends Where, JsonOption, ReadingFlags {
  readonly timeout?: number;
  readonly gone?: boolean;
  readonly string?: boolean;
}

const SHOWN_LENGTH = 40;

export function register(program: Command, io: Io): void {
  const command = program
    .command('wait')
    .summary('wait for a region, a path or a value')
    .description(
      'Wait until a region has a document, a path exists in it, or the value there equals a value. The exit code is 124 if that takes longer than --timeout.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags/beta', jsonPointer)
    .argument('[json]', 'the value to wait for; - reads it from standard input')
    .option('--gone', 'wait until the region, the path or the value no longer exists')
    .addOption(
      new Option('--timeout <time>', 'give up after this; 0 checks once (default: wait forever)').argParser(
        milliseconds,
      ),
    )
    .option('-s, --string', 'the value is text, not JSON');
  reads(readsText(command)).action(
    (name: string, pointer: string | undefined, text: string | undefined, options: Options) =>
      untilSignal((signal) => run(io, { name, pointer, text }, options, signal)),
  );
}

interface Words {
  readonly name: string;
  readonly pointer: string | undefined;
  readonly text: string | undefined;
}

async function run(io: Io, words: Words, options: Options, signal: AbortSignal): Promise<void> {
  const { name, pointer } = words;
  const goal = await goalOf(io, words, options);
  checkDirectory(options.dir);
  const version = await within(options, signal, (until) => new Waiting(name, options, goal, until), words);
  if (options.json) await io.printJson({ name, path: pointer, version: version ?? null, gone: goal.gone });
  else await io.print(lineOf(io, words, goal, version));
}

async function goalOf(io: Io, { pointer, text }: Words, options: Options): Promise<Goal> {
  const gone = options.gone ?? false;
  if (pointer === undefined) return { gone, tokens: undefined, wanted: undefined };
  const tokens = tokensOf(pointer);
  if (text === undefined) return { gone, tokens, wanted: undefined };
  const value = options.string && text !== '-' ? text : await argumentValue(io, text, options);
  // As a document has it: -0 is 0 there.
  return { gone, tokens, wanted: { value: JSON.parse(JSON.stringify(value)) } };
}

/** @throws `ERR_WAIT_TIMEOUT` after `--timeout`, with what there is instead */
async function within(
  { timeout, dir }: Options,
  signal: AbortSignal,
  start: (until: AbortSignal) => Waiting,
  { name }: Words,
): Promise<number | undefined> {
  const late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const waiting = start(late === undefined ? signal : AbortSignal.any([signal, late]));
  try {
    return await waiting.done();
  } catch (error) {
    if (signal.aborted || error !== late?.reason) throw error;
    throw new CommandError('ERR_WAIT_TIMEOUT', `${waiting.state()} after ${timeout} ms`, {
      cure: `see what is there with ${ourCommand(waiting.opened ? 'get' : 'ls', waiting.opened ? name : undefined, ...inDir(dir))}, or allow more time with --timeout <time>`,
    });
  } finally {
    waiting.close();
  }
}

function lineOf({ paint }: Io, { name, pointer }: Words, { gone, wanted }: Goal, version: number | undefined): string {
  const at = version === undefined ? 'gone' : `version ${version}`;
  const value = wanted && `${gone ? 'is not' : 'is'} ${cut(compactJson(wanted.value), SHOWN_LENGTH)}`;
  const what = `${pointer || '(document)'} ${value ?? (gone ? 'is gone' : 'exists')}`;
  const remark = pointer === undefined || version === undefined ? '' : `  ${paint('dim', safe(what))}`;
  return `${paint('bold', name)}  ${at}${remark}`;
}
