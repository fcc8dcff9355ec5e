/** Paths: JSON pointers (RFC 6901) and lists of their tokens. */
import { JsonMmapError } from '../errors.js';

/** A path in a document: an RFC 6901 pointer (`'/users/0/name'`), or its tokens (`['users', 0, 'name']`). */
export type Path = string | readonly (string | number)[];

const SLASH = 47;
const TILDE = 126;

/** The last pointer parsed, for loops. */
let lastPath = '';
let lastTokens: readonly string[] = [];
/**
 * Short pointers parsed recently, by a hash of their text: a program reads the same few over and over. No `DirectMapped`: the text has to be
 * compared anyway, and with a key of its own beside it `get` takes 6 % longer.
 *
 * A pointer is kept at once where there is room, so that a process that reads little runs no other code than one that reads in loops. It replaces another one
 * when it comes a second time; of the first only the hash is kept. Thousands of different ones, once each, would all outlive a collection, and the engine
 * gives a young generation of which so much survives ever more memory.
 */
const RECENT = 512;
const RECENT_LENGTH = 64;
const seenHashes = new Int32Array(RECENT);

/**
 * Where the tokens of the pointer lie that `recentTokens` was asked for last and did not know: each but the last entry is the position of a
 * slash, and a token reaches from behind it to the next entry. The last one is the length of the pointer.
 */
export const bounds: Int32Array = new Int32Array(RECENT_LENGTH + 1);
const recentPaths: string[] = new Array(RECENT).fill('');
const recentLists: (readonly string[])[] = new Array(RECENT).fill(lastTokens);

/**
 * Returns the tokens of `path`, not to be changed; none for the whole document. O(length), a few nanoseconds for a pointer parsed recently.
 * @throws `ERR_PATH_INVALID` when it is neither a pointer nor a list of strings and non-negative whole numbers
 */
export function tokensOf(path: Path): readonly string[] {
  if (path === lastPath) return lastTokens;
  if (typeof path !== 'string') return tokensOfList(path);
  lastTokens = (path.length <= RECENT_LENGTH ? remembered(path) : undefined) ?? parse(path);
  lastPath = path;
  return lastTokens;
}

/**
 * Returns the tokens of `path`, or undefined for a pointer that comes for the first time for long: `bounds` tells then, until the next call, where its tokens
 * lie. That is for those who read a thousand different paths once each and need no list of each.
 * @throws `ERR_PATH_INVALID`
 */
export function recentTokens(path: Path): readonly string[] | undefined {
  if (path === lastPath) return lastTokens;
  if (typeof path !== 'string') return tokensOfList(path);
  const tokens = path.length <= RECENT_LENGTH ? remembered(path) : parse(path);
  if (tokens === undefined) return undefined;
  lastPath = path;
  lastTokens = tokens;
  return tokens;
}

/** Returns the pointer of `tokens`: the inverse of `tokensOf`. O(length). */
export function pointerOf(tokens: readonly (string | number)[]): string {
  let pointer = '';
  for (const token of tokens) pointer = pointerWithin(pointer, String(token));
  return pointer;
}

/** Returns the pointer of what `token` names at `pointer`. O(token): engines keep `pointer` as a part of it, without a copy. */
export function pointerWithin(pointer: string, token: string): string {
  return `${pointer}/${escaped(token)}`;
}

/** Returns the path of `tokens` for a message: the pointer in quotes, cut where it is long, or "the document". */
export function shownPath(tokens: readonly (string | number)[]): string {
  return tokens.length === 0 ? 'the document' : quoted(pointerOf(tokens.slice(0, SHOWN_LENGTH)));
}

/** Undefined, with its `bounds`, for a pointer that comes for the first time, has no escapes, and would replace another one. */
function remembered(path: string): readonly string[] | undefined {
  let hash = 0;
  let slashes = 0;
  let escapes = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    hash = Math.imul(hash ^ code, 0x9e3779b1);
    if (code === SLASH) bounds[slashes++] = i;
    else if (code === TILDE) escapes++;
  }
  const line = (hash ^ (hash >>> 16)) & (RECENT - 1);
  if (recentPaths[line] === path) return recentLists[line];
  const isNew = recentPaths[line] !== '' && seenHashes[line] !== hash;
  if (isNew && escapes === 0 && path.charCodeAt(0) === SLASH) {
    seenHashes[line] = hash;
    bounds[slashes] = path.length;
    return undefined;
  }
  const tokens = parse(path);
  recentPaths[line] = path;
  recentLists[line] = tokens;
  return tokens;
}

function parse(path: string): readonly string[] {
  const tokens: string[] = [];
  if (path === '') return tokens;
  if (path.charCodeAt(0) !== SLASH) {
    throw invalid(`${quoted(path)} must begin with "/", or be empty for the whole document`);
  }
  let from = 1;
  for (let to = path.indexOf('/', from); to >= 0; to = path.indexOf('/', from)) {
    tokens.push(path.slice(from, to));
    from = to + 1;
  }
  tokens.push(path.slice(from));
  return path.includes('~') ? tokens.map((token) => unescaped(token, path)) : tokens;
}

/** `~1` is a slash and `~0` a tilde; in this order, so that `~01` becomes `~1`. */
function unescaped(token: string, path: string): string {
  for (let at = token.indexOf('~'); at >= 0; at = token.indexOf('~', at + 1)) {
    const next = token[at + 1];
    if (next !== '0' && next !== '1') {
      throw invalid(`${quoted(path)} has a "~" that is not "~0" (a tilde) or "~1" (a slash)`);
    }
  }
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function escaped(token: string): string {
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

function tokensOfList(path: unknown): readonly string[] {
  if (!Array.isArray(path)) throw invalid(`a path is a string or an array, not ${kindOf(path)}`);
  const tokens: string[] = [];
  for (let i = 0; i < path.length; i++) tokens.push(tokenOf(path[i], i));
  return tokens;
}

function tokenOf(token: unknown, position: number): string {
  if (typeof token === 'string') return token;
  if (Number.isSafeInteger(token) && (token as number) >= 0) return String(token);
  throw invalid(`token ${position} must be a string or a whole number from 0 on, not ${shown(token)}`);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : kindOf(value);
}

const SHOWN_LENGTH = 100;

function quoted(path: string): string {
  return JSON.stringify(path.length > SHOWN_LENGTH ? `${path.slice(0, SHOWN_LENGTH)}…` : path);
}

function invalid(reason: string): JsonMmapError {
  return new JsonMmapError('ERR_PATH_INVALID', `invalid JSON pointer: ${reason}`);
}
