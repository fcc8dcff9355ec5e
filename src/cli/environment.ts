/** A JSON value as environment variables: one entry for each scalar in it, named by its path. */
import { CommandError } from '../command-error.js';
import { pointerOf } from '../format/pointer.js';
import { grouped } from './output/words.js';

/** How names are made. */
export interface NamingOptions {
  /** What every name begins with, unchanged; empty by default. */
  readonly prefix?: string | undefined;
  /** What is between two keys in a name; `_` by default. */
  readonly separator?: string | undefined;
}

/** The name of a variable and its value. */
export type Entry = readonly [name: string, text: string];

/** A name that every shell can read. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A name repeats its whole path: the entries of a document that is nested without end would take more than any memory. */
const DEPTH_MAX = 1000;

/**
 * Returns the variables of `value`, in the order of the document. O(value), without recursion.
 *
 * The keys of the path make the name: `{"a": {"b": 1}}` is `A_B=1`. Letters become upper-case, and ASCII characters that a name cannot have become `_`. An element of an
 * array has its index as its key. Strings are their text, other scalars their JSON text. null is the empty text; an empty object is `{}`, an empty array `[]`.
 * @throws `ERR_FORMAT` where a key has a character beyond ASCII, a name would begin with a digit or be empty, two paths have one name, a string has what no variable can
 * hold (a NUL, half of a surrogate pair), or the value is nested deeper than 1,000 levels
 */
export function environmentOf(value: unknown, { prefix = '', separator = '_' }: NamingOptions = {}): Entry[] {
  const entries: Entry[] = [];
  const paths = new Map<string, Place>();
  for (const place of scalars(value)) {
    const path = pathOf(place);
    const name = nameOf(path, prefix, separator);
    const other = paths.get(name);
    if (other !== undefined) throw sameName(name, pathOf(other), path);
    paths.set(name, place);
    entries.push([name, textOf(place.value, path)]);
  }
  return entries;
}

/** A value and where it is. The path is a chain, so that a deep document costs no more than its size. */
interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly parent: Place | undefined;
  readonly depth: number;
}

/** Yields what becomes a variable, in the order of the document. On a stack of its own, so that depth costs heap. */
function* scalars(value: unknown): Generator<Place> {
  const open: Place[] = [{ value, key: '', parent: undefined, depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const children = typeof place.value === 'object' && place.value !== null ? Object.entries(place.value) : [];
    if (children.length === 0) yield place;
    else if (place.depth === DEPTH_MAX) throw tooDeep();
    for (let i = children.length - 1; i >= 0; i--) {
      const [key, child] = children[i];
      open.push({ value: child, key, parent: place, depth: place.depth + 1 });
    }
  }
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at.key);
  return path.reverse();
}

function nameOf(path: readonly string[], prefix: string, separator: string): string {
  const name = prefix + path.map((key) => partOf(key, path)).join(separator);
  if (NAME.test(name)) return name;
  const reason = name === '' ? 'would have an empty name' : `would be ${name}, which begins with a digit`;
  throw new CommandError('ERR_FORMAT', `${shown(path)} ${reason} as an environment variable`, {
    cure: 'put something in front of every name with --prefix <prefix>',
  });
}

/** One key as a part of a name. What two keys become alike is found out where the names are compared. */
function partOf(key: string, path: readonly string[]): string {
  const other = /\P{ASCII}/u.exec(key)?.[0];
  if (other === undefined) return key.replace(/[^A-Za-z0-9_]/g, '_').toUpperCase();
  const message = `${shown(path)} has a key with ${JSON.stringify(other)}, which the name of an environment variable cannot have`;
  throw new CommandError('ERR_FORMAT', message, {
    cure: 'rename the key, or choose a part of the document without it',
  });
}

function textOf(value: unknown, path: readonly string[]): string {
  if (value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const reason = value.includes('\0')
    ? 'a NUL character'
    : /\p{Surrogate}/u.test(value)
      ? 'half of a surrogate pair'
      : undefined;
  if (reason === undefined) return value;
  throw new CommandError('ERR_FORMAT', `${shown(path)} has ${reason}, which no environment variable can hold`, {
    cure: 'choose a part of the document without it',
  });
}

function sameName(name: string, one: readonly string[], other: readonly string[]): CommandError {
  const message = `${shown(one)} and ${shown(other)} would both be the environment variable ${name}`;
  return new CommandError('ERR_FORMAT', message, {
    cure: 'choose another --separator, such as __, or a part of the document without one of them',
  });
}

function tooDeep(): CommandError {
  return new CommandError(
    'ERR_FORMAT',
    `the value is nested deeper than ${grouped(DEPTH_MAX)} levels, which is too deep for names of environment variables`,
    {
      cure: 'choose a part of the document',
    },
  );
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? 'the value' : pointerOf(path);
}
