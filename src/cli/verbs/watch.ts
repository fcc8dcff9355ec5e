/** `jsonmmap watch`: changes as they come. */
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Follower } from '../../follower/follower.js';
import { jsonPieces } from '../../follower/json-stream.js';
import type { Snapshot } from '../../follower/snapshot.js';
import type { JsonPatch } from '../../format/compare/json-patch.js';
import { pointerOf, tokensOf } from '../../format/pointer.js';
import { type JsonOption, jsonPointer, positiveNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { changeLines } from '../output/changes-text.js';
import { clock } from '../output/words.js';
import { execute } from '../processes/exec.js';
import { untilSignal } from '../processes/signals.js';
import { openOrWait } from '../region.js';

interface Options extends Where, JsonOption {
  readonly patch?: boolean;
  readonly exec?: string;
  readonly now?: boolean;
  readonly wait?: boolean;
  readonly count?: number;
}

/** A step from the version that was printed last to a newer one. */
interface Step {
  readonly version: number;
  readonly previousVersion: number;
  /** Made when it is asked for: a command that is run does without. */
  readonly patch: () => JsonPatch;
  readonly before: Snapshot;
  readonly snapshot: Snapshot;
}

/** What is watched, for whom, until when. */
interface Session {
  readonly io: Io;
  readonly follower: Follower;
  readonly tokens: readonly string[];
  readonly options: Options;
  readonly signal: AbortSignal;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command('watch')
    .summary('print changes when they happen')
    .description(
      'Print changes of the document, or of the value at a JSON pointer, when they happen. A slow reader gets fewer, larger changes.',
    )
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /flags (default: the whole document)', jsonPointer)
    .addOption(
      new Option('--patch', 'print each change as a JSON Patch (RFC 6902) on one line').conflicts(['json', 'exec']),
    )
    .addOption(
      new Option(
        '--exec <command>',
        'run this in a shell at each change, one at a time, with the value on standard input and its version in JSONMMAP_VERSION',
      ).conflicts('json'),
    )
    .option('--now', 'print the current value first')
    .option('--wait', 'wait until the region exists')
    .option('--count <number>', 'stop after this many changes', positiveNumber);
  reads(command).action((name: string, pointer: string | undefined, options: Options) =>
    untilSignal((signal) => watch(io, name, pointer ?? '', options, signal)),
  );
}

async function watch(io: Io, name: string, pointer: string, options: Options, signal: AbortSignal): Promise<void> {
  const follower = await openOrWait(name, options, signal);
  const broken = new AbortController();
  try {
    follower.ref();
    announce(io, follower);
    follower.on('error', (error) => broken.abort(error));
    const ended = AbortSignal.any([signal, broken.signal]);
    await tellAll({ io, follower, tokens: tokensOf(pointer), options, signal: ended });
  } finally {
    follower.close();
  }
}

async function tellAll(session: Session): Promise<void> {
  const { follower, tokens, options, signal } = session;
  const changes = follower.changes({ path: tokens, signal });
  let before = follower.snapshot();
  let left = options.count ?? Infinity;
  if (options.now && before.has(tokens)) {
    await tell(session, fromNothing(before, tokens));
    if (--left === 0) return;
  }
  for await (const change of changes) {
    const { version, previousVersion, snapshot } = change;
    await tell(session, { version, previousVersion, patch: () => change.patch, before, snapshot });
    before.close();
    before = snapshot;
    if (--left === 0) return;
  }
}

function fromNothing(snapshot: Snapshot, tokens: readonly string[]): Step {
  const path = pointerOf(tokens);
  const patch = (): JsonPatch => [{ op: 'add', path, value: snapshot.get(tokens) }];
  return { version: snapshot.version, previousVersion: 0, patch, before: snapshot, snapshot };
}

function tell(session: Session, step: Step): Promise<void> {
  const { io, options } = session;
  const { version, previousVersion, patch, snapshot } = step;
  if (options.exec !== undefined) return run(session, options.exec, step);
  if (options.patch) return io.printJson(patch());
  if (options.json)
    return io.printJson({ version, previousVersion, committedAt: snapshot.committedAt, patch: patch() });
  return print(io, step);
}

async function print(io: Io, { version, previousVersion, patch, before, snapshot }: Step): Promise<void> {
  const { paint } = io;
  const versions = version - previousVersion;
  const skipped = versions > 1 && previousVersion > 0 ? `, ${versions} versions` : '';
  const head = `${paint('dim', clock(snapshot.committedAt))}  ${paint('bold', `version ${version}`)}${paint('dim', skipped)}`;
  const lines = changeLines(io, patch(), before);
  await io.print(lines === '' ? head : `${head}\n${lines}`);
}

async function run({ io, follower, tokens, signal }: Session, command: string, step: Step): Promise<void> {
  const { version, previousVersion, snapshot } = step;
  const env = {
    ...process.env,
    JSONMMAP_VERSION: String(version),
    JSONMMAP_PREVIOUS_VERSION: String(previousVersion),
    JSONMMAP_REGION: follower.name,
    JSONMMAP_DIR: dirname(follower.path),
  };
  const failure = await execute({ command, env, input: valueText(snapshot, tokens), signal });
  if (failure !== undefined && !signal.aborted) io.note(`version ${version}: the command ended with ${failure}`);
}

/** Nothing where there is no value any more. */
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
