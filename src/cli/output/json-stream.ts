/** A document of any size as JSON, piece by piece: neither the whole text nor the whole value ever exists at once. */
import type { Snapshot } from '../../follower/snapshot.js';
import type { Place } from '../../format/compare/place.js';
import { isContainer } from '../../format/layout.js';
import { type Children, childrenOf } from '../../format/read/children.js';
import { materialize } from '../../format/read/materialize.js';

/** A piece of text, and how much of the whole has been written with it, from 0 to 1. */
export interface Piece {
  readonly text: string;
  readonly fraction: number;
}

const PIECE_LENGTH = 64 * 1024;
/** A container of this width, or more, is opened: its children are written in batches. */
const WIDE = 256;
/** So many levels are opened without being wide: a document of a few large parts is written part by part. */
const NARROW_LEVELS = 3;

/** Yields the value at `tokens`, where something stands, as JSON. @param indent Spaces a level; 0 for one line. */
export function* jsonPieces(snapshot: Snapshot, tokens: readonly string[], indent: number): Generator<Piece> {
  const place = snapshot.place(tokens);
  if (place === undefined) return;
  let text = '';
  const whole = { from: 0, share: 1, narrowLevels: NARROW_LEVELS, margin: '\n' };
  for (const part of parts(place, indent, whole)) {
    text += part.text;
    if (text.length < PIECE_LENGTH) continue;
    yield { text, fraction: part.fraction };
    text = '';
  }
  yield { text, fraction: 1 };
}

interface Context {
  /** Where in the whole this begins, and how much of it this is. */
  readonly from: number;
  readonly share: number;
  /** How many more levels are opened though they are not wide. */
  readonly narrowLevels: number;
  /** What a line begins with, the line break included. */
  readonly margin: string;
}

function* parts(place: Place, indent: number, context: Context): Generator<Piece> {
  const { from, share, narrowLevels, margin } = context;
  if (!isOpened(place, narrowLevels)) {
    yield { text: atMargin(JSON.stringify(valueAt(place), undefined, indent), margin), fraction: from + share };
    return;
  }
  const { keys, words } = childrenOf(place.reader, place.lo, place.hi);
  const [open, close] = keys === undefined ? '[]' : '{}';
  const inner = {
    share: share / words.length,
    narrowLevels: words.length < WIDE ? narrowLevels - 1 : 0,
    margin: margin + ' '.repeat(indent),
  };
  let separator = open;
  for (const { batch, child, index } of groups(place, { keys, words }, inner.narrowLevels)) {
    const done = from + index * inner.share;
    if (child === undefined) {
      yield { text: separator + batchText(batch, keys !== undefined, indent, margin), fraction: done };
    } else {
      const label = keys === undefined ? '' : `${JSON.stringify(keys[index])}:${indent > 0 ? ' ' : ''}`;
      yield { text: separator + (indent > 0 ? inner.margin : '') + label, fraction: done };
      yield* parts(child, indent, { ...inner, from: done });
    }
    separator = ',';
  }
  yield { text: (indent > 0 ? margin : '') + close, fraction: from + share };
}

type Entry = readonly [key: string, value: unknown];

/** A child that is opened, or a batch of children that are not. */
interface Group {
  readonly batch: readonly Entry[];
  readonly child?: Place;
  /** Of the child, or of the last in the batch. */
  readonly index: number;
}

function* groups({ reader }: Place, { keys, words }: Children, narrowLevels: number): Generator<Group> {
  let batch: Entry[] = [];
  for (let index = 0; index < words.length; index++) {
    const { i32 } = reader.segment;
    const child = { reader, lo: i32[words[index]], hi: i32[words[index] + 1] };
    const opened = isOpened(child, narrowLevels);
    if (!opened) batch.push([keys?.[index] ?? '', valueAt(child)]);
    if (batch.length > 0 && (opened || batch.length === WIDE || index === words.length - 1)) {
      yield { batch, index };
      batch = [];
    }
    if (opened) yield { batch, child, index };
  }
}

/** An empty container has nothing to open, a wide one is opened wherever it stands. */
function isOpened({ reader, lo, hi }: Place, narrowLevels: number): boolean {
  if (!isContainer(hi)) return false;
  const width = reader.sizeOf(lo, hi);
  return width >= WIDE || (width > 0 && narrowLevels > 0);
}

function valueAt({ reader, lo, hi }: Place): unknown {
  return materialize(reader, lo, hi);
}

/** Many entries at once, as they stand between the brackets of their container. */
function batchText(batch: readonly Entry[], keyed: boolean, indent: number, margin: string): string {
  const container = keyed ? Object.fromEntries(batch) : batch.map(([, value]) => value);
  const text = JSON.stringify(container, undefined, indent);
  return atMargin(text.slice(1, indent > 0 ? -2 : -1), margin);
}

function atMargin(text: string, margin: string): string {
  return margin === '\n' ? text : text.replaceAll('\n', margin);
}
