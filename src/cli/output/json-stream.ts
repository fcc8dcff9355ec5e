/** A document of any size as JSON, piece by piece: neither the whole text nor the whole value ever exists at once. */
import type { Snapshot } from '../../follower/snapshot.js';
import type { Place } from '../../format/compare/place.js';
import { isContainer } from '../../format/layout.js';
import { type Children, childrenOf } from '../../format/read/children.js';
import { materialize } from '../../format/read/materialize.js';
import { keepUntilHere } from '../../region/lease.js';

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
/** The same within what is nested so deeply, or is so long, that the engine cannot write it in one go. */
const DEEP_LEVELS = 1000;

/** Yields the value at `tokens`, where something stands, as JSON. @param indent Spaces a level; 0 for one line. */
export function* jsonPieces(snapshot: Snapshot, tokens: readonly string[], indent: number): Generator<Piece> {
  const place = snapshot.place(tokens);
  if (place === undefined) return;
  let text = '';
  for (const part of parts(place, indent)) {
    text += part.text;
    if (text.length < PIECE_LENGTH) continue;
    yield { text, fraction: part.fraction };
    text = '';
  }
  keepUntilHere(snapshot);
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

/** A piece, and the container whose own pieces come next, if it is the beginning of one. */
interface Step extends Piece {
  readonly child?: { readonly place: Place; readonly context: Context };
}

/** On a stack of its own, so that depth costs heap and not the machine's stack. */
function* parts(root: Place, indent: number): Generator<Piece> {
  let narrowLevels = NARROW_LEVELS;
  if (!isOpened(root, narrowLevels)) {
    const text = stringified(valueAt(root), indent);
    if (text !== undefined) {
      yield { text, fraction: 1 };
      return;
    }
    narrowLevels = DEEP_LEVELS;
  }
  const opened = [stepsOf(root, indent, { from: 0, share: 1, narrowLevels, margin: '\n' })];
  for (let innermost = opened.at(-1); innermost !== undefined; innermost = opened.at(-1)) {
    const { done, value: step } = innermost.next();
    if (done) {
      opened.pop();
      continue;
    }
    yield step;
    if (step.child !== undefined) opened.push(stepsOf(step.child.place, indent, step.child.context));
  }
}

/** The pieces of one container but for those of the children that are opened. */
function* stepsOf(place: Place, indent: number, context: Context): Generator<Step, undefined> {
  const { from, share, margin } = context;
  const children = childrenOf(place.reader, place.lo, place.hi);
  const { keys, words } = children;
  const [open, close] = keys === undefined ? '[]' : '{}';
  const inner = {
    share: share / words.length,
    narrowLevels: words.length < WIDE ? context.narrowLevels - 1 : 0,
    margin: margin + ' '.repeat(indent),
  };
  let separator = open;
  const step = (text: string, behind: number): Step => {
    const piece = { text: separator + text, fraction: from + behind * inner.share };
    separator = ',';
    return piece;
  };
  const opening = ({ index, place: child }: Child, narrowLevels: number): Step => {
    const label = keys === undefined ? '' : `${JSON.stringify(keys[index])}:${indent > 0 ? ' ' : ''}`;
    const childContext = { ...inner, from: from + index * inner.share, narrowLevels };
    return {
      ...step((indent > 0 ? inner.margin : '') + label, index),
      child: { place: child, context: childContext },
    };
  };
  for (const group of groups(place, children, inner.narrowLevels)) {
    const [first] = group;
    const last = group[group.length - 1];
    if (isOpened(first.place, inner.narrowLevels)) {
      yield opening(first, inner.narrowLevels);
      continue;
    }
    const text = batchText(group, keys, indent, margin);
    if (text !== undefined) {
      yield step(text, last.index + 1);
      continue;
    }
    for (const child of group) {
      if (isOpened(child.place, DEEP_LEVELS)) yield opening(child, DEEP_LEVELS);
      else yield step(batchText([child], keys, indent, margin) as string, child.index + 1);
    }
  }
  yield { text: (indent > 0 ? margin : '') + close, fraction: from + share };
}

interface Child {
  readonly index: number;
  readonly place: Place;
}

/** The children in their order: those that are opened alone, the others in batches. */
function* groups({ reader }: Place, { words }: Children, narrowLevels: number): Generator<Child[]> {
  let batch: Child[] = [];
  for (let index = 0; index < words.length; index++) {
    const { i32 } = reader.segment;
    const child = { index, place: { reader, lo: i32[words[index]], hi: i32[words[index] + 1] } };
    const opened = isOpened(child.place, narrowLevels);
    if (!opened) batch.push(child);
    if (batch.length > 0 && (opened || batch.length === WIDE || index === words.length - 1)) {
      yield batch;
      batch = [];
    }
    if (opened) yield [child];
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

/** Many children at once, as they stand between the brackets of their container; undefined where the engine cannot write them in one go. */
function batchText(
  batch: readonly Child[],
  keys: readonly string[] | undefined,
  indent: number,
  margin: string,
): string | undefined {
  const container =
    keys === undefined
      ? batch.map(({ place }) => valueAt(place))
      : Object.fromEntries(batch.map(({ place, index }) => [keys[index], valueAt(place)]));
  const text = stringified(container, indent);
  return text && atMargin(text.slice(1, indent > 0 ? -2 : -1), margin);
}

/** Undefined where the value is nested beyond the machine's stack, or its text is longer than the longest string. */
function stringified(value: unknown, indent: number): string | undefined {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function atMargin(text: string, margin: string): string {
  return margin === '\n' ? text : text.replaceAll('\n', margin);
}
