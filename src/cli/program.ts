/** The whole command line: one program, its verbs, and what happens when the arguments make no sense. */
import { parse } from 'node:path';
import { type Argument, Command, CommanderError } from 'commander';
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import { forgottenDashes } from './dashes.js';
import { ExitCode } from './exit-codes.js';
import { fail } from './failure.js';
import type { Io } from './io.js';
import { nearest } from './nearest.js';
import { plain } from './output/paint.js';
import { count } from './output/words.js';
import { shellWord } from './shell.js';
import { verbGroups, verbs } from './verbs.js';
import { version } from './version.js';

/** Does what `args` say and sets the exit code of the process. */
export async function run(args: readonly string[], io: Io): Promise<void> {
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  io.watchOutput((error) => process.exit(fail(io, error, json)));
  if (args[0] === 'complete') return (await import('./complete.js')).complete(io, args.slice(1));
  const words = verbFirst(args);
  let acting: Command | undefined;
  let program: Command | undefined;
  try {
    program = await createProgram(io, Object.hasOwn(verbs, words[0] ?? '') ? words[0] : undefined);
    program.hook('preAction', (_, command) => {
      acting = command;
    });
    if (words[0] === 'help') checkVerb(words[1]);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help or version, which have been printed
    if (error instanceof CommanderError && error.code === 'commander.help')
      process.exitCode = ExitCode.USAGE; // no verb, but help
    else process.exitCode = fail(io, await told(error, words, program, acting), json);
  }
}

/** Options may stand before the verb: `jsonmmap --dir /regions ls`. */
function verbFirst(args: readonly string[]): readonly string[] {
  const at = args.findIndex((word, i) => !word.startsWith('-') && !VALUED.has(args[i - 1]));
  if (at <= 0 || args.slice(0, at).some((word) => word === '--' || ANSWERED.has(word))) return args;
  return [args[at], ...args.slice(0, at), ...args.slice(at + 1)];
}

/** Options of many verbs that take a value, which is no verb. */
export const VALUED = new Set(['--dir', '--owner', '--if-version', '--wait', '--timeout']);
/** What may stand before the verb. */
const OF_VERBS = new Set([...VALUED, '--json']);
/** What is answered without a verb. */
export const ANSWERED = new Set(['-h', '--help', '-V', '--version']);

/** @throws `ERR_INVALID_ARG` for a word behind `help` that is no verb */
function checkVerb(verb: string | undefined): void {
  if (verb === undefined || verb.startsWith('-') || verb === 'help' || Object.hasOwn(verbs, verb)) return;
  throw unknownVerb(verb, 'help ');
}

/** What other commands have, in our words. */
const WORDS_ELSEWHERE = new Map([
  ['version', '--version'],
  ['-v', '--version'],
]);

function unknownVerb(verb: string, before = ''): JsonMmapError {
  const elsewhere = before === '' ? WORDS_ELSEWHERE.get(verb) : undefined;
  const meant = elsewhere ?? nearest(verb, [...Object.keys(verbs), 'help']);
  const cure = meant === undefined ? 'see jsonmmap --help' : `did you mean jsonmmap ${before}${meant}?`;
  return new CommandError('ERR_INVALID_ARG', `there is no verb ${shellWord(verb)}`, { cure });
}

/** Returns an error in the words of the verb that ran. */
async function told(
  error: unknown,
  words: readonly string[],
  program: Command | undefined,
  acting: Command | undefined,
): Promise<unknown> {
  if (error instanceof CommanderError) return usageError(error, words, program);
  if (hasNoDirectory(error)) return noDirectory(error);
  if (!(error instanceof JsonMmapError) || acting === undefined) return error;
  const { dir, owner, wait } = acting.opts<{ dir?: string; owner?: number; wait?: number }>();
  const at = acting.registeredArguments.findIndex((argument) => argument.name() === 'name');
  const name =
    at < 0
      ? (acting.opts<{ name?: string }>().name ?? parse(acting.args[0] ?? '').name)
      : String(acting.processedArgs[at]);
  const { explained } = await import('./explain.js');
  const options = new Set(acting.options.flatMap(({ long }) => long ?? []));
  return explained(error, {
    name,
    where: { dir, owner },
    options,
    waitMs: typeof wait === 'number' ? wait : undefined,
  });
}

/** Relative paths mean nothing where the current directory has been removed. */
function hasNoDirectory(error: unknown): boolean {
  return (error as { syscall?: unknown } | null)?.syscall === 'uv_cwd';
}

function noDirectory(cause: unknown): JsonMmapError {
  return new CommandError('ERR_DIRECTORY', 'the current directory does not exist any more', {
    cause,
    cure: 'change to another directory with cd',
  });
}

/** Returns the program with one verb, or with all of them. */
export async function createProgram(io: Io, only?: string): Promise<Command> {
  const program = new Command('jsonmmap')
    .description('One JSON document in shared memory, live in every process of the machine.')
    .version(version(), '-V, --version', 'show the version')
    .usage('<verb> [arguments] [options]')
    .exitOverride()
    .addHelpText('after', '\nRegions are in $JSONMMAP_DIR, by default /dev/shm/jsonmmap-<uid>. More: man jsonmmap');
  for (const [group, members] of Object.entries(verbGroups)) {
    program.commandsGroup(group);
    for (const [verb, load] of Object.entries(members)) {
      if (only === undefined || only === verb) (await load()).register(program, io);
    }
  }
  program.addHelpCommand(new Command('help').argument('[verb]').summary('show the help of a verb').helpGroup('Other:'));
  for (const command of [program, ...program.commands]) dress(command, io);
  return program;
}

/** Sets the colours of the help, and leaves error output to `fail`. */
function dress(command: Command, io: Io): void {
  const { paint } = io;
  command
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      outputError: () => {},
      getOutHasColors: () => paint !== plain,
      getErrHasColors: () => io.paintNote !== plain,
    })
    .helpOption('-h, --help', 'show this help')
    .configureHelp({
      subcommandTerm: (verb) => [verb.name(), ...verb.registeredArguments.map(humanReadable)].join(' '),
      styleTitle: (text) => paint('bold', text),
      styleCommandText: (text) => paint('cyan', text),
      styleSubcommandText: (text) => paint('cyan', text),
      styleArgumentText: (text) => paint('yellow', text),
      styleOptionText: (text) => paint('green', text),
    })
    .exitOverride();
}

function humanReadable(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What the parser of arguments says, in our words; the nearest right name, or the help of the verb, becomes the cure. */
function usageError(
  { message }: CommanderError,
  [verb = '', ...args]: readonly string[],
  program: Command | undefined,
): JsonMmapError {
  const command = program?.commands.find((member) => member.name() === verb);
  const help = `see jsonmmap ${Object.hasOwn(verbs, verb) ? `${verb} ` : ''}--help`;
  const [what, suggestion] = message.replace(/^error: /, '').split('\n');
  const [, unknown] = /^unknown command '(.*)'$/.exec(what) ?? [];
  if (unknown !== undefined) return unknownVerb(unknown);
  const [, option] = /^unknown option '(.*)'$/s.exec(what) ?? [];
  if (option !== undefined && isWithoutVerb([verb, ...args])) return noVerb();
  const forgotten = option !== undefined && verb === 'run' && command ? forgottenDashes(args, command) : undefined;
  if (forgotten !== undefined && args.findIndex((word) => word.startsWith(option)) > forgotten.at) {
    return new CommandError(
      'ERR_INVALID_ARG',
      `${reworded(what)}, and ${shellWord(forgotten.program)} is no document to publish`,
      {
        cure: forgotten.cure,
      },
    );
  }
  const elsewhere = option === verb ? WORDS_ELSEWHERE.get(verb) : undefined;
  if (elsewhere !== undefined) {
    return new CommandError('ERR_INVALID_ARG', reworded(what), { cure: `did you mean jsonmmap ${elsewhere}?` });
  }
  const meant =
    suggestion === undefined ? help : `${suggestion.replace(/^\(Did/, 'did').replace(/\)$/, '')} Or ${help}`;
  return new CommandError('ERR_INVALID_ARG', reworded(what), { cure: meant });
}

/** Options of verbs, and no verb. */
function isWithoutVerb(words: readonly string[]): boolean {
  return words.every((word, i) => OF_VERBS.has(word.split('=')[0]) || VALUED.has(words[i - 1]));
}

function noVerb(): JsonMmapError {
  return new CommandError('ERR_INVALID_ARG', 'the verb is missing', { cure: 'see jsonmmap --help' });
}

/** Each: what commander says, and how we say it. */
const WORDINGS: readonly [RegExp, (...found: string[]) => string][] = [
  [
    /^option '(?:-\w, )?(--[\w-]+).*?' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s,
    (option, value, choices) => `${option} must be one of ${choices}, not ${shellWord(value)}`,
  ],
  [
    /^option '(?:-\w, )?(--[\w-]+).*?' argument '(.*)' is invalid\. (.*)$/s,
    (option, value, reason) => `${option} ${reason}; it is ${shellWord(value)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/s,
    (value, argument, choices) => `<${argument}> must be one of ${choices}, not ${shellWord(value)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*)'\. (.*)$/s,
    (value, argument, reason) => `<${argument}> ${reason}; it is ${shellWord(value)}`,
  ],
  [/^option '(?:-\w, )?(--[\w-]+).*?' argument missing$/, (option) => `${option} needs a value`],
  [
    /^option '(?:-\w, )?(--[\w-]+).*?' cannot be used with option '(?:-\w, )?(--[\w-]+).*?'$/,
    (one, other) => `${one} and ${other} contradict each other`,
  ],
  [/^unknown option '(.*)'$/s, (option) => `there is no option ${shellWord(option)} here`],
  [/^required option '(?:-\w, )?(--[\w-]+.*)' not specified$/, (option) => `${option} is missing`],
  [/^missing required argument '(.*)'$/, (argument) => `<${argument}> is missing`],
  [
    /^too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.?/,
    (verb, expected, got) =>
      `${verb} takes ${expected === '0' ? 'no arguments' : `at most ${count(Number(expected), 'argument')}`}, not ${got}`,
  ],
];

function reworded(what: string): string {
  for (const [pattern, wording] of WORDINGS) {
    const found = pattern.exec(what);
    if (found !== null) return wording(...found.slice(1));
  }
  return what;
}
