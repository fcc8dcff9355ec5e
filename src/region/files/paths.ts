/** The files of a region: how they are called, which of them are there. */

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errnoOf, systemError } from '../../errors.js';
import { checkName, regionDirectory } from '../../system/directory.js';
import { randomBytes } from '../../system/random.js';
import { ownUser } from '../../system/trust.js';

/** The files of one region that are in its directory now, as names. */
export interface RegionFiles {
  readonly segments: { readonly number: number; readonly path: string }[];
  /** Files that somebody died over before they got their name. */
  readonly temporaries: string[];
  /** Generation locks, each a symbolic link to its holder. */
  readonly generations: { readonly number: number; readonly path: string }[];
}

const SEGMENT = /^(\d{1,10})\.seg$/;
const TEMPORARY = /^[0-9a-f]{16}\.tmp$/;
const GENERATION = /^lock\.(\d{1,15})$/;
const CONTROL = /^(.+)\.ctl$/;

export class RegionPaths {
  readonly name: string;
  readonly directory: string;
  readonly control: string;
  readonly lock: string;
  /** Where a living master may take requests; `src/write-requests/` knows how. */
  readonly socket: string;
  /** Where a supervisor notes the followers that it runs; `src/run/` knows how. */
  readonly followers: string;
  /** Where an agent says how it follows a log on other machines; `src/upstream/` knows how. */
  readonly upstream: string;

  /** @throws `ERR_INVALID_NAME` */
  constructor(name: string, directory: string) {
    this.name = checkName(name);
    this.directory = directory;
    this.control = join(directory, `${name}.ctl`);
    this.lock = join(directory, `${name}.lock`);
    this.socket = join(directory, `${name}.sock`);
    this.followers = join(directory, `${name}.run`);
    this.upstream = join(directory, `${name}.upstream`);
  }

  segment(number: number): string {
    return join(this.directory, `${this.name}.${number}.seg`);
  }

  generation(number: number): string {
    return join(this.directory, `${this.name}.lock.${number}`);
  }

  /** A name that nobody else uses, for a file in the making. */
  temporary(): string {
    return join(this.directory, `${this.name}.${randomBytes(8).toString('hex')}.tmp`);
  }

  /** Lists what lies beside the control file and the lock file. O(files in the directory). @param names Those in the directory, by default just now. */
  files(names: readonly string[] = namesIn(this.directory)): RegionFiles {
    const files: RegionFiles = { segments: [], temporaries: [], generations: [] };
    const prefix = `${this.name}.`;
    for (const entry of names) {
      if (!entry.startsWith(prefix)) continue;
      const path = join(this.directory, entry);
      const rest = entry.slice(prefix.length);
      const segment = SEGMENT.exec(rest);
      const generation = GENERATION.exec(rest);
      if (segment !== null) files.segments.push({ number: Number(segment[1]), path });
      else if (generation !== null) files.generations.push({ number: Number(generation[1]), path });
      else if (TEMPORARY.test(rest)) files.temporaries.push(path);
    }
    return files;
  }
}

/** Returns the names of the regions that have a control file among `names`, which a directory has; sorted. */
export function regionNames(names: readonly string[]): string[] {
  return names
    .flatMap((entry) => CONTROL.exec(entry)?.[1] ?? [])
    .filter((name) => isName(name))
    .sort();
}

/**
 * Returns the directory to look in: the one that is named, which need not exist, or the default one of `owner`, by default ourselves.
 * @throws `ERR_DIRECTORY`, `ERR_INVALID_ARG`
 */
export function directoryToRead(dir: string | undefined, owner: number | undefined): string {
  const named = dir ?? (process.env.JSONMMAP_DIR || undefined);
  if (isMissing(named)) return resolve(named);
  const ours = regionDirectory(dir);
  return named !== undefined || owner === undefined || owner === ownUser()
    ? ours
    : join(dirname(ours), `jsonmmap-${owner}`);
}

/** Looking creates nothing; what is no path at all is left to `regionDirectory` to refuse. */
function isMissing(dir: unknown): dir is string {
  if (typeof dir !== 'string' || dir === '' || dir.includes('\0')) return false;
  try {
    return !existsSync(dir);
  } catch (error) {
    throw systemError(error, `look for the directory ${dir}`); // Node's permission model
  }
}

function isName(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch {
    return false; // a file of somebody else
  }
}

/** Returns the names of all files in a directory; none where it does not exist. @throws `ERR_REGION_DENIED`, `ERR_SYSTEM` */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw systemError(error, `list the directory ${directory}`);
  }
}
