/** How files are named: a path, `?path` for one that may be missing, `directory/` for the files in it. */
import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { CommandError } from '../command-error.js';
import { errnoOf } from '../errors.js';
import { formatOf } from './formats/names.js';

/** A file, or a directory whose name ends with a slash. */
export interface NamedFile {
  readonly name: string;
  /** Whether it may be missing. A file of a directory may: it can be deleted before it is read. */
  readonly isOptional: boolean;
}

/** A directory is read again and again, so it is no place for anything. */
const MEMBERS_MAX = 1000;

/** Returns what a word of the command line names. `./?` begins a path that begins with a question mark. */
export function namedBy(word: string): NamedFile {
  return word.length > 1 && word.startsWith('?')
    ? { name: word.slice(1), isOptional: true }
    : { name: word, isOptional: false };
}

export function isDirectory(name: string): boolean {
  return name.endsWith('/');
}

/**
 * Returns the files that `named` consists of: itself, or those in the directory, in the order of their names. Hidden files, copies that
 * editors keep, and names that say no format are left out; directories in it are not entered.
 * @throws `ERR_SOURCE` for a directory that is missing and may not be, cannot be read, has more than 1,000 such files, or one whose name is not UTF-8
 */
export async function filesOf(named: NamedFile): Promise<NamedFile[]> {
  const { name, isOptional } = named;
  if (!isDirectory(name)) return [named];
  let members: string[];
  try {
    members = membersOf((await readdir(name, { encoding: 'buffer' })).map((entry) => textOf(entry, name)));
  } catch (error) {
    if (isOptional && isMissing(error) && !(await isThere(name.replace(/\/+$/, '')))) return [];
    throw error instanceof CommandError ? error : unlistable(name, error);
  }
  if (members.length <= MEMBERS_MAX) return members.map((member) => ({ name: name + member, isOptional: true }));
  throw new CommandError('ERR_SOURCE', `${name} has ${members.length} files, of which at most ${MEMBERS_MAX} are read`);
}

/** The same for a look at what is there: none of a directory that cannot be read, nor beyond the limit. */
export function filesIn(directory: string): string[] {
  try {
    return membersOf(readdirSync(directory))
      .slice(0, MEMBERS_MAX + 1)
      .map((member) => directory + member);
  } catch {
    return []; // the read of it says why
  }
}

/**
 * Returns what `read` makes of each file that `named` consists of. One that is missing when it is read, and may be, is left out.
 * @throws as `filesOf`, and what `read` throws
 */
export async function readFiles<T>(named: NamedFile, read: (file: NamedFile) => Promise<T>): Promise<T[]> {
  const files = await filesOf(named);
  const results = await Promise.all(
    files.map(async (file) => {
      try {
        return { result: await read(file) };
      } catch (error) {
        if (await mayBeMissing(file, error)) return undefined;
        throw error;
      }
    }),
  );
  return results.filter((entry) => entry !== undefined).map(({ result }) => result);
}

/** Whether files that are named so are merged, where each must hold an object. Those in a directory are, however few are there. */
export function areMerged(named: readonly { readonly name: string }[]): boolean {
  return named.length > 1 || named.some(({ name }) => isDirectory(name));
}

/** Whether an error of reading a file says that it is missing, and it may be. A link that leads nowhere is there. */
async function mayBeMissing({ name, isOptional }: NamedFile, error: unknown): Promise<boolean> {
  return isOptional && isMissing((error as Error).cause) && !(await isThere(name));
}

function membersOf(names: readonly string[]): string[] {
  return names.filter((name) => !/^\.|~$|^#.*#$/.test(name) && formatOf(name) !== undefined).sort();
}

/** A name that is not UTF-8 leads to no file once it is a string: the file would be left out without a word. */
function textOf(name: Buffer, directory: string): string {
  const text = name.toString();
  if (isUtf8(name) || membersOf([text]).length === 0) return text;
  throw new CommandError('ERR_SOURCE', `${directory}${text} has a name that is not UTF-8: rename it`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return !isMissing(error);
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}

function unlistable(name: string, cause: unknown): CommandError {
  const errno = errnoOf(cause);
  const message =
    errno === 'ENOENT'
      ? `there is no directory ${name}: check the path, or begin it with ? if it may be missing`
      : errno === 'ENOTDIR'
        ? `${name} is no directory: leave the slash out`
        : `the directory ${name} could not be read: ${errno}`;
  return new CommandError('ERR_SOURCE', message, { cause });
}
