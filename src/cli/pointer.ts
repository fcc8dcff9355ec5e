/** Values at pointers, and what to say when there is none. */
import { CommandError } from '../command-error.js';
import type { Snapshot } from '../follower/snapshot.js';
import type { Place } from '../format/compare/place.js';
import { isArray, isContainer } from '../format/layout.js';
import { pointerOf, tokensOf } from '../format/pointer.js';
import { nearest } from './nearest.js';
import { count } from './output/words.js';
import { shellWord } from './shell.js';

const LISTED_KEYS = 8;

/** Returns the tokens of `pointer`, at which something stands. @throws `ERR_PATH_NOT_FOUND` with what is there instead, `ERR_PATH_INVALID` */
export function existing(snapshot: Snapshot, name: string, pointer: string): readonly string[] {
  const tokens = tokensOf(pointer);
  if (snapshot.has(tokens)) return tokens;
  const message = `${pointer} does not exist in version ${snapshot.version} of ${name}`;
  throw new CommandError('ERR_PATH_NOT_FOUND', message, { cure: whatIsThere(snapshot, tokens) });
}

function didYouMean(tokens: readonly string[]): string {
  return `did you mean ${shellWord(pointerOf(tokens))}?`;
}

/** Says what the deepest place on the way holds. */
function whatIsThere(snapshot: Snapshot, tokens: readonly string[]): string {
  const depth = tokens.findIndex((_, i) => !snapshot.has(tokens.slice(0, i + 1)));
  const parent = tokens.slice(0, depth);
  const where = depth === 0 ? 'the document' : pointerOf(parent);
  const { hi } = snapshot.place(parent) as Place; // everything above the first place where nothing stands is there
  const width = snapshot.size(parent);
  if (!isContainer(hi)) return `${where} is neither an object nor an array`;
  if (width === 0) return `${where} is empty`;
  if (isArray(hi)) return `${where} has ${count(width, 'element')}, the first is ${pointerOf([...parent, 0])}`;
  const keys = snapshot.keys(parent);
  const dotted = [...parent, ...tokens[depth].split('.'), ...tokens.slice(depth + 1)];
  if (tokens[depth].includes('.') && snapshot.has(dotted)) return didYouMean(dotted);
  const meant = nearest(tokens[depth], keys);
  if (meant !== undefined) return didYouMean([...parent, meant, ...tokens.slice(depth + 1)]);
  const more = keys.length > LISTED_KEYS ? `, and ${keys.length - LISTED_KEYS} more` : '';
  return `${where} has ${keys.slice(0, LISTED_KEYS).join(', ')}${more}`;
}
