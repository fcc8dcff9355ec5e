/**
 * Errors of the library in the words of the command. The library tells a program what to do, by options of its functions; a user at a shell needs
 * options of the verb, and commands. The one table: what the code means there, by verb.
 */
import { CommandError } from '../command-error.js';
import { JsonMmapError } from '../errors.js';
import type { Distrusted } from '../region/errors.js';
import { directoryToRead } from '../region/files/paths.js';
import { regions } from '../region/list.js';
import type { Where } from './command.js';
import { nearest } from './nearest.js';
import { inDir, ourCommand, shellWord } from './shell.js';

/** Where an error is shown. */
export interface Situation {
  /** The region that the verb is about. */
  readonly name: string;
  readonly where: Where;
  /** The long options that the verb has, such as "--owner". */
  readonly options: ReadonlySet<string>;
  /** What `--wait` says, where it is given. */
  readonly waitMs?: number | undefined;
}

/** What the command says in place of the library; what is left out stays. */
interface Told {
  readonly summary?: string;
  readonly cure?: string | undefined;
}

/** Returns `error` as the command tells it. A `CommandError` is returned unchanged. */
export function explained(error: JsonMmapError, situation: Situation): JsonMmapError {
  if (error instanceof CommandError) return error;
  const told = EXPLANATIONS[error.code]?.(error, situation);
  if (told === undefined) return error;
  const { summary = error.summary, cure } = told;
  return new CommandError(error.code, summary, { ...error, cause: error, cure });
}

type Explain = (error: JsonMmapError, situation: Situation) => Told | undefined;

const EXPLANATIONS: Partial<Record<JsonMmapError['code'], Explain>> = {
  ERR_REGION_NOT_FOUND: (_, { name, where, options }) => notFound(name, where, options),
  ERR_REGION_LOCKED: (error, { name, options }) => ({
    summary: `the region ${name} has a master: ${processOf(error)}`,
    cure: options.has('--wait')
      ? 'stop it, or wait for its end with --wait <time>'
      : options.has('--name')
        ? 'stop it first, or publish another region with --name <name>'
        : 'stop it first',
  }),
  ERR_TIMEOUT: (error, { name, options, waitMs }) =>
    options.has('--wait') && waitMs !== undefined
      ? {
          summary: `the region ${name} still has a master after ${waitMs} ms: ${processOf(error)}`,
          cure: 'stop it, or wait longer with --wait <time>',
        }
      : undefined,
  ERR_REGION_CORRUPT: (_, { name, where }) => ({
    cure: `see what is wrong: ${about('check', name, where)}; remove it: ${about('rm', name, where)}`,
  }),
  ERR_REGION_FORMAT: (_, { name, where }) => ({
    cure: `use the same version of jsonmmap everywhere, or remove the region: ${about('rm', name, where)}`,
  }),
  ERR_REGION_DENIED: (error, { options }) => ({ cure: deniedCure(error, options) }),
  ERR_DIRECTORY: (error) => ({
    cure: isAboutDurability(error)
      ? 'name a directory on a disk with --dir or JSONMMAP_DIR, or leave --durability out'
      : 'remove or correct it, or name another with --dir or JSONMMAP_DIR',
  }),
  ERR_NO_SPACE: () => ({ cure: 'free space, or name another directory with --dir or JSONMMAP_DIR' }),
  ERR_TOO_LARGE: (error, { options }) => {
    if ((error as { limit?: unknown }).limit !== 'maxBytes') return undefined;
    return {
      cure: options.has('--max-bytes')
        ? 'allow more with --max-bytes, or leave it out'
        : 'its master limits the region: with maxBytes of Master.open, or --max-bytes of jsonmmap run',
    };
  },
  ERR_FENCED: (_, { name }) => ({
    summary: `the region ${name} was removed, or taken by another master, during the write`,
    cure: 'look whether the write is there, and try again',
  }),
  ERR_CONFLICT: (_, { name, where }) => ({
    cure: `read it again, ${about('get', name, where)}, and write with its version`,
  }),
  ERR_UPSTREAM_CONFLICT: (_, { options }) =>
    options.has('--retry')
      ? { cure: 'read the newest revision and push again, or push behind it with --retry' }
      : undefined,
  ERR_PATH_NOT_FOUND: (_, { name, where }) => ({ cure: `see what is there: ${about('get', name, where)}` }),
  ERR_INVALID_ARG: invalidArgument,
  ERR_INVALID_NAME: (_, { name, where }) =>
    name === ''
      ? {
          summary: 'the name of the region is empty',
          cure: `see which there are: ${ourCommand('ls', ...inDir(where.dir))}`,
        }
      : undefined,
  ERR_SCHEMA: (error) =>
    (error as { subject?: unknown }).subject === 'standing'
      ? { cure: 'change the files or the schema; the region itself is unchanged' }
      : undefined,
};

/** An option of the library that the verb has as well is named as the verb names it. */
function invalidArgument(error: JsonMmapError, { name, where, options }: Situation): Told | undefined {
  const { option } = error as { option?: unknown };
  if (option !== 'history' || !options.has('--history')) return undefined;
  const cure = `ask for fewer with --history, or remove the region first: ${about('rm', name, where)}`;
  return { summary: `--${error.summary}`, cure: error.cure === undefined ? undefined : cure };
}

function isAboutDurability(error: JsonMmapError): boolean {
  return (error as { durability?: unknown }).durability !== undefined;
}

function processOf(error: JsonMmapError): string {
  const { pid, elsewhere = false } = error as { pid?: number; elsewhere?: boolean };
  // The pid of another container is another process here.
  return pid === undefined || elsewhere ? 'another process' : `process ${pid}`;
}

function about(verb: string, name: string, { dir }: Where): string {
  return ourCommand(verb, name, ...inDir(dir));
}

function notFound(name: string, where: Where, options: ReadonlySet<string>): Told {
  const names = namesIn(where);
  if (names.includes(name)) {
    return {
      summary: `the region ${name} has no document yet`,
      cure: `publish one: ${ourCommand('publish', name, ...inDir(where.dir))} <file>`,
    };
  }
  const directory = directoryToRead(where.dir, where.owner);
  const meant = nearest(name, names);
  const wait = options.has('--now') ? 'wait for it with --wait, or ' : ''; // of watch; with other verbs it means something else
  const cure =
    meant !== undefined
      ? `did you mean ${meant}?`
      : names.length > 0
        ? `${wait}see which there are: ${ourCommand('ls', ...inDir(where.dir))}`
        : `there are none yet: ${wait}publish one: ${ourCommand('publish', name, ...inDir(where.dir))} <file>`;
  return { summary: `the region ${name} does not exist in ${directory}`, cure };
}

/** A directory that cannot be listed is no reason to say nothing. */
function namesIn({ dir, owner }: Where): string[] {
  try {
    return regions({ dir, owner }).map(({ name }) => name);
  } catch (error) {
    if (error instanceof JsonMmapError) return [];
    throw error;
  }
}

function deniedCure(error: JsonMmapError, options: ReadonlySet<string>): string {
  const { distrusted } = error as { distrusted?: Distrusted };
  if (distrusted === undefined) return 'check owner and mode, or run the command as the user who owns it';
  const { path, fault, owner } = distrusted;
  if (fault === 'type') return `no master makes such a file: remove it with rm -r ${shellWord(path)}`;
  if (fault === 'mode') return `take that permission away: chmod go-w ${shellWord(path)}`;
  return options.has('--owner')
    ? `if you trust user ${owner}, add --owner ${owner}`
    : `run the command as that user: sudo -u '#${owner}' jsonmmap`;
}
