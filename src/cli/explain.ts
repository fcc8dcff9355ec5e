/**
 * Errors of the library in the words of the command. The library tells a program what to do, by options of its functions; somebody at a shell needs
 * options of the verb, and commands. The one table: what the code means there, by verb.
 */
import { JsonMmapError } from '../errors.js';
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

interface Told {
  readonly message?: string;
  readonly cure: string | undefined;
}

/** Returns `error` as the command tells it. One that has a cure was made by the command itself and is returned unchanged. */
export function explained(error: JsonMmapError, situation: Situation): JsonMmapError {
  if ('cure' in error) return error;
  const told = EXPLANATIONS[error.code]?.(error, situation);
  if (told === undefined) return error;
  const { message = what(error), cure } = told;
  return new JsonMmapError(error.code, message, { ...error, cause: error, cure });
}

/** The library says "what happened; what to do". */
function what({ message }: JsonMmapError): string {
  return message.replace(/; [^;]*$/, '');
}

type Explain = (error: JsonMmapError, situation: Situation) => Told | undefined;

const EXPLANATIONS: Partial<Record<JsonMmapError['code'], Explain>> = {
  ERR_REGION_NOT_FOUND: (_, { name, where, options }) => notFound(name, where, options),
  ERR_REGION_LOCKED: (error, { name, options }) => ({
    message: `the region ${name} has a master: ${processOf(error)}`,
    cure: options.has('--wait')
      ? 'stop it, or wait for its end with --wait <time>'
      : options.has('--name')
        ? 'stop it first, or publish another region with --name <name>'
        : 'stop it first',
  }),
  ERR_TIMEOUT: (error, { name, options, waitMs }) =>
    options.has('--wait') && waitMs !== undefined
      ? {
          message: `the region ${name} still has a master after ${waitMs} ms: ${processOf(error)}`,
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
    message: error.message.replace(/: name a directory on a disk.*$/, '').replace(/; [^;]*$/, ''),
    cure: error.message.includes('power loss')
      ? 'name a directory on a disk with --dir or JSONMMAP_DIR, or leave --durability out'
      : 'remove or correct it, or name another with --dir or JSONMMAP_DIR',
  }),
  ERR_NO_SPACE: () => ({ cure: 'free space, or name another directory with --dir or JSONMMAP_DIR' }),
  ERR_TOO_LARGE: (error, { options }) =>
    error.message.includes('maxBytes')
      ? {
          message: error.message.replace(/\bmaxBytes\b/g, 'the size limit'),
          cure: options.has('--max-bytes')
            ? 'allow more with --max-bytes, or leave it out'
            : 'its master limits the region: with maxBytes of Master.open, or --max-bytes of jsonmmap run',
        }
      : undefined,
  ERR_FENCED: (_, { name }) => ({
    message: `the region ${name} was removed, or taken by another master, during the write`,
    cure: 'look whether the write is there, and try again',
  }),
  ERR_PATH_NOT_FOUND: (error, { name, where }) => ({
    message: error.message,
    cure: `see what is there: ${about('get', name, where)}`,
  }),
  ERR_INVALID_ARG: invalidArgument,
  ERR_INVALID_NAME: ({ message }, { where }) =>
    message.startsWith('the name of the region is missing')
      ? {
          message: 'the name of the region is empty',
          cure: `see which there are: ${ourCommand('ls', ...inDir(where.dir))}`,
        }
      : undefined,
  ERR_SCHEMA: ({ message }) =>
    message.startsWith('the document that is in the region')
      ? {
          message: message.replace(/ \([^)]*\)/, ''),
          cure: 'change the files or the schema; the region itself is unchanged',
        }
      : undefined,
};

function invalidArgument({ message }: JsonMmapError, { name, where, options }: Situation): Told | undefined {
  if (!options.has('--history') || !message.startsWith('history ')) return undefined;
  if (!message.includes(': ask for fewer')) return { message: `--${message}`, cure: undefined };
  return {
    message: message.replace(/: ask for fewer.*$/, ''),
    cure: `ask for fewer with --history, or remove the region first: ${about('rm', name, where)}`,
  };
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
      message: `the region ${name} has no document yet`,
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
  return { message: `the region ${name} does not exist in ${directory}`, cure };
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

function deniedCure({ message }: JsonMmapError, options: ReadonlySet<string>): string {
  const [, path] = /^(.*?) is not trusted: /.exec(message) ?? [];
  const [, owner] = /belongs to user (\d+)/.exec(message) ?? [];
  if (owner !== undefined) {
    const asOwner = `run the command as that user: sudo -u '#${owner}' jsonmmap`;
    return options.has('--owner') ? `if you trust user ${owner}, add --owner ${owner}` : asOwner;
  }
  if (path !== undefined && /it is (a symbolic link|not a regular file)/.test(message)) {
    return `no master makes such a file: remove it with rm -r ${shellWord(path)}`;
  }
  if (path !== undefined && message.includes('other users may write')) {
    return `take that permission away: chmod go-w ${shellWord(path)}`;
  }
  return 'check owner and mode, or run the command as the user who owns it';
}
