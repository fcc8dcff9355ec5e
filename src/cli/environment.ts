/** A JSON value as environment variables: one entry for each scalar in it, named by its path. */
import { CommandError } from '../command-error.js';
import { isLeaf, type Place, pathOf, placesIn, shownPlace } from '../format/places.js';
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
 * The keys of the path make the name: `{"a": {"b": 1}}` is `A_B=1`. Letters become upper-case, and ASCII characters that a name cannot have
 * become `_`. An element of an array has its index as its key. Strings are their text, other scalars their JSON text. null is the empty
 * text; an empty object is `{}`, an empty array `[]`; where `value` itself is one, there are no variables.
 * @throws `ERR_FORMAT` where a key has a character beyond ASCII, a name would begin with a digit or be empty, two paths have one name, a
 *   string has what no variable can hold (a NUL, half of a surrogate pair), or the value is nested deeper than 1,000 levels
 */
export function environmentOf(value: unknown, { prefix = '', separator = '_' }: NamingOptions = {}): Entry[] {
  const entries: Entry[] = [];
  const places = new Map<string, Place>();
  for (const place of placesIn(value)) {
    if (place.depth > DEPTH_MAX) throw tooDeep();
    if (!isLeaf(place) || isEmptyRoot(place)) continue;
    const name = nameOf(place, prefix, separator);
    const other = places.get(name);
    if (other !== undefined) throw sameName(name, other, place);
    places.set(name, place);
    entries.push([name, textOf(place)]);
  }
  return entries;
}

function isEmptyRoot({ parent, value }: Place): boolean {
  return parent === undefined && typeof value === 'object' && value !== null;
}

function nameOf(place: Place, prefix: string, separator: string): string {
  const parts = pathOf(place).map((key) => partOf(key, place));
  const name = prefix + parts.join(separator);
  if (NAME.test(name)) return name;
  const reason = name === '' ? 'would have an empty name' : `would be ${name}, which begins with a digit`;
  throw new CommandError('ERR_FORMAT', `${shownPlace(place)} ${reason} as an environment variable`, {
    cure: 'put something in front of every name with --prefix <prefix>',
  });
}

/** One key as a part of a name. Keys that become alike are found out where the names are compared. */
function partOf(key: string, place: Place): string {
  const other = /\P{ASCII}/u.exec(key)?.[0];
  if (other === undefined) return key.replace(/[^A-Za-z0-9_]/g, '_').toUpperCase();
  const message = `${shownPlace(place)} has a key with ${JSON.stringify(other)}, which the name of an environment variable cannot have`;
  throw new CommandError('ERR_FORMAT', message, {
    cure: 'rename the key, or choose a part of the document without it',
  });
}

function textOf(place: Place): string {
  const { value } = place;
  if (value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const reason = value.includes('\0')
    ? 'a NUL character'
    : /\p{Surrogate}/u.test(value)
      ? 'half of a surrogate pair'
      : undefined;
  if (reason === undefined) return value;
  throw new CommandError('ERR_FORMAT', `${shownPlace(place)} has ${reason}, which no environment variable can hold`, {
    cure: 'choose a part of the document without it',
  });
}

function sameName(name: string, one: Place, other: Place): CommandError {
  const message = `${shownPlace(one)} and ${shownPlace(other)} would both be the environment variable ${name}`;
  return new CommandError('ERR_FORMAT', message, {
    cure: 'choose another --separator, such as __, or a part of the document without one of them',
  });
}

function tooDeep(): CommandError {
  const message = `the value is nested deeper than ${grouped(DEPTH_MAX)} levels, too deep for the names of environment variables`;
  return new CommandError('ERR_FORMAT', message, { cure: 'choose a part of the document' });
}
