/** A document of any size as JSON, piece by piece: the whole text never exists at once. */
import type { Snapshot } from '../../follower/snapshot.js';
import { isArray } from '../../format/layout.js';

/** A piece of text, and how much of the whole has been written with it, from 0 to 1. */
export interface Piece {
  readonly text: string;
  readonly fraction: number;
}

const PIECE_LENGTH = 64 * 1024;
/** From this width on, elements are written one by one. */
const WIDE = 256;
/** So many levels are opened without being wide: a document of a few large parts is written part by part. */
const NARROW_LEVELS = 3;

/** Yields the value at `tokens`, where something stands, as JSON. @param indent Spaces a level; 0 for one line. */
export function* jsonPieces(snapshot: Snapshot, tokens: readonly string[], indent: number): Generator<Piece> {
  let text = '';
  const whole = { tokens, from: 0, share: 1, narrowLevels: NARROW_LEVELS, margin: indent > 0 ? '\n' : '' };
  for (const [part, fraction] of parts(snapshot, indent, whole)) {
    text += part;
    if (text.length < PIECE_LENGTH) continue;
    yield { text, fraction };
    text = '';
  }
  yield { text, fraction: 1 };
}

interface Place {
  readonly tokens: readonly string[];
  /** Where in the whole this begins, and how much of it this is. */
  readonly from: number;
  readonly share: number;
  /** How many more levels are opened though they are not wide. */
  readonly narrowLevels: number;
  /** What a new line at this level begins with. */
  readonly margin: string;
}

function* parts(snapshot: Snapshot, indent: number, place: Place): Generator<[text: string, fraction: number]> {
  const { tokens, from, share, narrowLevels, margin } = place;
  const width = snapshot.size(tokens);
  if (width === 0 || (width < WIDE && narrowLevels === 0)) {
    yield [wholeValue(snapshot, place, indent), from + share];
    return;
  }
  const keys = isArrayAt(snapshot, tokens) ? undefined : snapshot.keys(tokens);
  const innerMargin = margin === '' ? '' : margin + ' '.repeat(indent);
  const inner = { share: share / width, narrowLevels: width < WIDE ? narrowLevels - 1 : 0, margin: innerMargin };
  yield [keys === undefined ? '[' : '{', from];
  for (let i = 0; i < width; i++) {
    const before = from + i * inner.share;
    const label = keys === undefined ? '' : `${JSON.stringify(keys[i])}:${indent > 0 ? ' ' : ''}`;
    yield [`${i > 0 ? ',' : ''}${innerMargin}${label}`, before];
    yield* parts(snapshot, indent, { ...inner, tokens: [...tokens, keys?.[i] ?? String(i)], from: before });
  }
  yield [margin + (keys === undefined ? ']' : '}'), from + share];
}

function wholeValue(snapshot: Snapshot, { tokens, margin }: Place, indent: number): string {
  const json = JSON.stringify(snapshot.get(tokens), undefined, indent);
  return margin.length > 1 ? json.replaceAll('\n', margin) : json;
}

function isArrayAt(snapshot: Snapshot, tokens: readonly string[]): boolean {
  const place = snapshot.place(tokens);
  return place !== undefined && isArray(place.hi);
}
