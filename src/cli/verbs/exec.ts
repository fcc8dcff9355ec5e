/** `jsonmmap exec`: a program with the values of a document in its environment. */
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../../command-error.js';
import { JsonMmapError } from '../../errors.js';
import type { Follower } from '../../follower/follower.js';
import { tokensOf } from '../../format/pointer.js';
import type { Exit } from '../../run/follower-process.js';
import type { RunLog } from '../../run/log.js';
import { dirOption, jsonPointer, ownerOption, seconds, type Where } from '../command.js';
import { wordsAround } from '../dashes.js';
import { ExitCode } from '../exit-codes.js';
import { namePart } from '../formats/names.js';
import type { Io } from '../io.js';
import { failInJson, LOG_FORMATS, type LogFormat, runLog } from '../output/run-log.js';
import { existing } from '../pointer.js';
import { untilSignal } from '../processes/signals.js';
import { openOrWait } from '../region.js';
import { Program, type ProgramOptions, type Variables } from './exec/program.js';
import { passSignals } from './exec/signals.js';
import { type VariablesOptions, variablesOf } from './exec/variables.js';

interface Options extends Where, VariablesOptions {
  readonly onChange: ProgramOptions['onChange'];
  readonly wait?: boolean;
  readonly grace: number;
  readonly logFormat: LogFormat;
}

const GRACE_SECONDS = 5;

export function register(program: Command, io: Io): void {
  const command = program
    .command('exec')
    .summary('run a program with the values of a document in its environment')
    .description(
      'Run a program with the values of a document, or of the part at a JSON pointer, as environment variables: {"a": {"b": 1}} is A_B=1. It is started again when they change. Its exit code becomes that of exec.',
    )
    .usage('<name> [pointer] [options] -- <command...>')
    .argument('<name>', 'the region')
    .argument('[pointer]', 'a JSON pointer such as /env (default: the whole document)')
    .allowExcessArguments()
    .addOption(new Option('--prefix <text>', 'text at the beginning of every variable name').argParser(namePart))
    .addOption(new Option('--separator <text>', 'text between two keys in a name (default: _)').argParser(namePart))
    .option('--override', 'also replace variables that the environment already has')
    .addOption(
      new Option('--on-change <action>', 'when the variables change: restart, ignore, or a signal such as SIGHUP')
        .argParser(changeAction)
        .default('restart'),
    )
    .addOption(
      new Option('--grace <time>', 'time that the program has to end at a restart before it is killed')
        .argParser(seconds)
        .default(GRACE_SECONDS, `${GRACE_SECONDS} s`),
    )
    .option('--wait', 'wait until the region exists')
    .addOption(dirOption())
    .addOption(ownerOption())
    .addOption(new Option('--log-format <format>', 'format of messages').choices(LOG_FORMATS).default('text'))
    .addHelpText('after', HELP);
  command.action((_name: string, _pointer: string | undefined, options: Options) => run(io, command, options));
}

const HELP = `
Signals are passed on to the program. It finds the region in $JSONMMAP_REGION and $JSONMMAP_DIR.

  jsonmmap exec shop /env -- node server.js
  jsonmmap exec shop --prefix SHOP_ --on-change SIGHUP -- nginx -g 'daemon off;'`;

async function run(io: Io, command: Command, options: Options): Promise<void> {
  try {
    const { name, pointer, words } = wordsOf(command);
    let follower: Follower | undefined;
    await untilSignal(async (signal) => {
      follower = await openOrWait(name, options, signal);
    });
    if (follower !== undefined) await follow(io, { follower, pointer, words, options });
  } catch (error) {
    if (options.logFormat !== 'json' || !(error instanceof JsonMmapError)) throw error;
    process.exitCode = failInJson(io, error);
  }
}

interface Words {
  readonly name: string;
  readonly pointer: string;
  /** The program and its arguments. */
  readonly words: readonly string[];
}

function wordsOf(command: Command): Words {
  const [[name, pointer = '', ...excess], words] = wordsAround(command, process.argv);
  if (words.length > 0 && excess.length === 0) return { name, pointer: jsonPointer(pointer), words };
  const message = words.length > 0 ? `${excess[0]} is neither a pointer nor behind --` : 'there is no program to run';
  throw new CommandError('ERR_INVALID_ARG', message, {
    cure: 'name it behind --, such as jsonmmap exec <name> -- node server.js',
  });
}

interface Session {
  readonly follower: Follower;
  readonly pointer: string;
  readonly words: readonly string[];
  readonly options: Options;
}

/** Runs the program to its end, and sets the exit code. */
async function follow(io: Io, session: Session): Promise<void> {
  const { follower, words, options } = session;
  const log = runLog(io, options.logFormat, 'the program keeps the variables that it has');
  const inTerminal = isatty(0);
  const signals = passSignals(inTerminal);
  try {
    const env = { JSONMMAP_REGION: follower.name, JSONMMAP_DIR: dirname(follower.path) };
    const program = await Program.start(
      {
        command: { file: words[0], args: words.slice(1), env },
        onChange: options.onChange,
        inTerminal,
        graceMs: options.grace * 1000,
        note: log.note,
        refused: log.fail,
      },
      variablesAt(session),
    );
    follower.on('error', (error) => log.fail(error));
    follower.select(tokensOf(session.pointer)).on('change', () => tell(program, session, log));
    tell(program, session, log); // what has changed while it started
    signals.reach(program);
    process.exitCode = exitCodeOf(await program.done);
  } finally {
    signals.release();
    follower.close();
  }
}

/** A document that makes no variables changes nothing. */
function tell(program: Program, session: Session, log: RunLog): void {
  let variables: Variables;
  try {
    variables = variablesAt(session);
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    log.fail(error);
    return;
  }
  program.change(variables);
}

/** @throws `ERR_PATH_NOT_FOUND`, and as `variablesOf` does */
function variablesAt({ follower, pointer, options }: Session): Variables {
  const snapshot = follower.snapshot();
  try {
    return variablesOf(snapshot.get(existing(snapshot, follower.name, pointer)), options, process.env);
  } finally {
    snapshot.close();
  }
}

/** As a shell has it. */
function exitCodeOf({ code, signal }: Exit): number {
  return code ?? (signal === null ? ExitCode.FAILURE : 128 + constants.signals[signal]);
}

/** The value of `--on-change`. */
function changeAction(text: string): ProgramOptions['onChange'] {
  if (text === 'restart' || text === 'ignore') return text;
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}` as NodeJS.Signals;
  if (Object.hasOwn(constants.signals, name)) return name;
  throw new InvalidArgumentError('must be restart, ignore, or the name of a signal such as SIGHUP');
}
