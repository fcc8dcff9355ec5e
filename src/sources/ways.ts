/** How the system gets to a file: the names that can be replaced so that the path leads to something else. */
import { lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

const LINKS_MAX = 40;

/** The last link on the way to a path; undefined where there is none. */
type KnownLinks = Map<string, Link | undefined>;

interface Link {
  readonly path: string;
  readonly target: string;
}

/** Stands for every name in a directory. */
export const EVERY_NAME = '';

/**
 * Returns, for each directory on the way to one of `files`, the names in it that matter: the file itself, and the symbolic links that lead
 * to it. In each of `directories`, every name does. O(different parts of the paths) system calls: the files of a directory share the way to
 * it.
 */
export function namesOnTheWay(files: readonly string[], directories: readonly string[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  const links: KnownLinks = new Map();
  for (const file of files) for (const path of replaceable(file, links)) addName(names, path);
  for (const directory of directories.map((path) => resolve(path))) {
    for (const path of replaceable(directory, links)) addName(names, path);
    addNameIn(names, directory, EVERY_NAME);
  }
  return names;
}

/** Adds a name, the last part of `path`, to those that matter in its directory. */
export function addName(names: Map<string, Set<string>>, path: string): void {
  addNameIn(names, dirname(path), basename(path));
}

function addNameIn(names: Map<string, Set<string>>, directory: string, name: string): void {
  const known = names.get(directory);
  if (known === undefined) names.set(directory, new Set([name]));
  else known.add(name);
}

/** The file, each link on the way to it, and the file under each name that these links give it. */
function* replaceable(file: string, known: KnownLinks): Generator<string> {
  let path: string | undefined = file;
  for (let links = 0; path !== undefined && links < LINKS_MAX; links++) {
    yield path;
    const link: Link | undefined = lastLink(path, known);
    if (link !== undefined) yield link.path;
    path = link && resolve(dirname(link.path), link.target) + path.slice(link.path.length);
  }
}

function lastLink(path: string, known: KnownLinks): Link | undefined {
  if (path === dirname(path)) return undefined;
  if (known.has(path)) return known.get(path);
  const target = linkTarget(path);
  const link = target === undefined ? lastLink(dirname(path), known) : { path, target };
  known.set(path, link);
  return link;
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined; // not there now: its name is watched, so its coming is seen
  }
}
