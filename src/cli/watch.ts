/** `jsonmmap watch`: changes as they come. */
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Snapshot } from '../follower/snapshot.js';
import { pointerOf, tokensOf } from '../format/pointer.js';
import { Follower, type JsonPatch } from '../index.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from './command.js';
import type { Io } from './io.js';
import { changeLines } from './output/changes-text.js';
import { jsonPieces } from './output/json-stream.js';
import { clock } from './output/words.js';
import { execute } from './processes/exec.js';
import { untilSignal } from './processes/signals.js';
import { checkDirectory, openFollower, whereOf } from './region.js';

interface Options extends Where, JsonOption {
  readonly patch?: boolean;
  readonly exec?: string;
  readonly now?: boolean;
  readonly wait?: boolean;
  readonly count?: number;
}

/** A step from what was told before to a newer version. */
interface Step {
  readonly version: number;
  readonly previousVersion: number;
  readonly patch: JsonPatch;
  readonly before: Snapshot;
  readonly snapshot: Snapshot;
}

type Tell = (step: Step) => Promise<void>;

export function register(program: Command, io: Io): void {
  const command = program
    .command('watch')
    .summary('print changes as they come')
    .description(
      'Print changes as they come, of the document or of what stands at a JSON pointer. Who is slow sees fewer, larger steps.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags (default: the whole document)', jsonPointer)
    .addOption(
      new Option('--patch', 'print each change as a JSON Patch (RFC 6902), a line each').conflicts(['json', 'exec']),
    )
    .addOption(
      new Option(
        '--exec <command>',
        'run this in a shell at each change, one at a time: the value on standard input, its version in JSONMMAP_VERSION',
      ).conflicts('json'),
    )
    .option('--now', 'begin with what stands now')
    .option('--wait', 'wait for a region that is not there yet')
    .option('--count <number>', 'end after so many changes', positiveNumber);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    untilSignal((signal) => watch(io, name, pointer ?? '', options, signal)),
  );
}

async function watch(io: Io, name: string, pointer: string, options: Options, signal: AbortSignal): Promise<void> {
  const tokens = tokensOf(pointer);
  const follower = await open(name, options, signal);
  const broken = new AbortController();
  try {
    follower.ref();
    announce(io, follower);
    follower.on('error', (error) => broken.abort(error));
    await tellAll(
      follower,
      tokens,
      options,
      AbortSignal.any([signal, broken.signal]),
      teller(io, follower, tokens, options, signal),
    );
  } finally {
    follower.close();
  }
}

function open(name: string, options: Options, signal: AbortSignal): Follower | Promise<Follower> {
  if (!options.wait) return openFollower(name, options);
  checkDirectory(options.dir);
  return Follower.when(name, { ...whereOf(options), signal });
}

async function tellAll(
  follower: Follower,
  path: readonly string[],
  options: Options,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  const changes = follower.changes({ path, signal });
  let before = follower.snapshot();
  let left = options.count ?? Infinity;
  if (options.now) {
    await tell(fromNothing(before, path));
    if (--left === 0) return;
  }
  for await (const { version, previousVersion, patch, snapshot } of changes) {
    await tell({ version, previousVersion, patch, before, snapshot });
    before = snapshot;
    if (--left === 0) return;
  }
}

function fromNothing(snapshot: Snapshot, tokens: readonly string[]): Step {
  const path = pointerOf(tokens);
  const patch: JsonPatch = snapshot.has(tokens) ? [{ op: 'add', path, value: snapshot.get(tokens) }] : [];
  return { version: snapshot.version, previousVersion: 0, patch, before: snapshot, snapshot };
}

function teller(io: Io, follower: Follower, tokens: readonly string[], options: Options, signal: AbortSignal): Tell {
  const { exec, patch, json } = options;
  if (exec !== undefined) return (step) => run(io, follower, tokens, exec, step, signal);
  if (patch) return (step) => io.printJson(step.patch);
  if (!json) return (step) => print(io, step);
  return ({ version, previousVersion, patch, snapshot: { committedAt } }) =>
    io.printJson({ version, previousVersion, committedAt, patch });
}

async function print(io: Io, { version, previousVersion, patch, before, snapshot }: Step): Promise<void> {
  const skipped = version - previousVersion - 1;
  const steps = skipped > 0 && previousVersion > 0 ? `, ${skipped + 1} versions` : '';
  const head = `${io.paint('dim', clock(snapshot.committedAt))}  ${io.paint('bold', `version ${version}`)}${io.paint('dim', steps)}`;
  await io.print(patch.length === 0 ? head : `${head}\n${changeLines(io, patch, before)}`);
}

async function run(
  io: Io,
  { name, path }: Follower,
  tokens: readonly string[],
  command: string,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  const { version, previousVersion, snapshot } = step;
  const env = {
    ...process.env,
    JSONMMAP_VERSION: String(version),
    JSONMMAP_PREVIOUS_VERSION: String(previousVersion),
    JSONMMAP_REGION: name,
    JSONMMAP_DIR: dirname(path),
  };
  const failure = await execute({ command, env, input: valueText(snapshot, tokens), signal });
  if (failure !== undefined && !signal.aborted) io.note(`version ${version}: the command ended with ${failure}`);
}

/** Nothing where nothing stands any more. */
function* valueText(snapshot: Snapshot, tokens: readonly string[]): Generator<string> {
  if (!snapshot.has(tokens)) return;
  for (const { text } of jsonPieces(snapshot, tokens, 2)) yield text;
  yield '\n';
}

/** What happens to region and master is no data: it goes to standard error. */
function announce(io: Io, follower: Follower): void {
  const { name } = follower;
  if (io.err.isTTY) io.note(io.paintNote('dim', `watching ${name} from version ${follower.version}; Ctrl-C ends it`));
  follower.on('master', ({ alive }) =>
    io.note(alive ? `${name} has a master` : `${name} has no master: the document stays as it is`),
  );
  follower.on('removed', () => io.note(`${name} was removed: waiting for it to come back`));
}
