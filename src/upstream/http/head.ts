/** The one file that changes: it names the entries of the log. */
import { invalid } from '../errors.js';
import { parseSmallJson } from '../log/hostile-json.js';

export interface HeadFile {
  /** The revision of the newest entry, 0 for none. */
  readonly sequence: number;
  /** The names of the entries up to it, oldest first. */
  readonly names: readonly string[];
}

export const EMPTY: HeadFile = { sequence: 0, names: [] };

/** Entries that stay: the file with their names is read at each change. */
const NAMES_MAX = 1000;
const NAME = /^(\d{1,15})-[0-9a-f]{16}$/;

export function encodeHead({ sequence, names }: HeadFile): Uint8Array {
  return Buffer.from(`${JSON.stringify({ jsonmmap: 1, sequence, names })}\n`);
}

/** Returns the head with one entry more. */
export function withEntry({ sequence, names }: HeadFile, name: string): HeadFile {
  return { sequence: sequence + 1, names: [...names, name].slice(-NAMES_MAX) };
}

export function nameOf(sequence: number, id: string): string {
  return `${sequence}-${id.slice(0, 16)}`;
}

export function sequenceIn(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}

/** @throws `ERR_UPSTREAM_INVALID` */
export function decodeHead(bytes: Uint8Array): HeadFile {
  const what = 'head.json';
  const value = parseSmallJson(what, bytes) as { jsonmmap?: unknown; sequence?: unknown; names?: unknown } | null;
  const { jsonmmap, sequence, names } = value ?? {};
  if (jsonmmap !== 1 || !Number.isSafeInteger(sequence) || !Array.isArray(names) || names.length > NAMES_MAX)
    throw invalid(what, 'it is no head of a log');
  const first = (sequence as number) - names.length + 1;
  const isInOrder = names.every((name, index) => typeof name === 'string' && sequenceIn(name) === first + index);
  if (!isInOrder || first < 1) throw invalid(what, 'its names are not those of entries in a row');
  return { sequence: sequence as number, names: names as string[] };
}
