/** The whole command line: one program, its verbs, and what happens when the arguments make no sense. */
import { createRequire } from 'node:module';
import { type Argument, Command, CommanderError } from 'commander';
import { JsonMmapError } from '../errors.js';
import { ExitCode } from './exit-codes.js';
import { fail } from './failure.js';
import type { Io } from './io.js';
import { plain } from './output/paint.js';
import { verbGroups, verbs } from './verbs.js';

/** Does what `args` say and sets the exit code of the process. */
export async function run(args: readonly string[], io: Io): Promise<void> {
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  io.watchOutput((error) => process.exit(fail(io, error, json)));
  try {
    const program = await createProgram(io, Object.hasOwn(verbs, args[0] ?? '') ? args[0] : undefined);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // help or version, which have been printed
    if (error instanceof CommanderError && error.code === 'commander.help')
      process.exitCode = ExitCode.USAGE; // no verb, but help
    else process.exitCode = fail(io, error instanceof CommanderError ? usageError(error, args) : error, json);
  }
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

/** Colours of the help, and errors that are told by us. */
function dress(command: Command, io: Io): void {
  const { paint } = io;
  command
    .configureOutput({
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

/** What the parser of arguments says, in our form: the nearest right name becomes the cure. */
function usageError({ message }: CommanderError, [verb = '']: readonly string[]): JsonMmapError {
  const help = `see jsonmmap ${Object.hasOwn(verbs, verb) ? `${verb} ` : ''}--help`;
  const [what, suggestion] = message.replace(/^error: /, '').split('\n');
  const meant =
    suggestion === undefined ? help : `${suggestion.replace(/^\(Did/, 'did').replace(/\)$/, '')}  Or ${help}.`;
  return new JsonMmapError('ERR_INVALID_ARG', what, { cure: meant });
}

function version(): string {
  return (createRequire(import.meta.url)('jsonmmap/package.json') as { version: string }).version;
}
