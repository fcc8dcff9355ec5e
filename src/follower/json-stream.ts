/** A document of any size as JSON, piece by piece: neither the whole text nor the whole value ever exists at once. */

import type { ValueRef } from '../format/compare/value-ref.js';
import { isContainer } from '../format/layout.js';
import { SlotBound } from '../format/read/bound.js';
import { isSharable, LookingBudget, MakingBudget } from '../format/read/budget.js';
import { type Children, childrenOf } from '../format/read/children.js';
import { Materialization } from '../format/read/materialize.js';
import { keepUntilHere } from '../region/segment/lease.js';
import type { Snapshot } from './snapshot.js';

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
/** The same within what is nested so deeply, or is so long, that the engine cannot write it in one go; twice as many where that was not enough. */
const DEEP_LEVELS = 1000;
/** A value is tried in vain twice for each doubling up to the depth of a document, and once as the root. */
const VAIN_TRIES_MAX = 32;

/**
 * Yields the existing value at `tokens` as JSON. A piece ends between two tokens.
 * @param indent Spaces a level; 0 for one line.
 * @param level How many levels are around it already.
 */
export function* jsonPieces(
  snapshot: Snapshot,
  tokens: readonly string[],
  indent: number,
  level = 0,
): Generator<Piece> {
  const ref = snapshot.valueRef(tokens);
  if (ref === undefined) return;
  let text = '';
  for (const part of new JsonStream(ref, indent).parts(`\n${' '.repeat(indent * level)}`)) {
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
  /** How many are where that is not enough. */
  readonly deepLevels: number;
  /** What a line begins with, the line break included. */
  readonly margin: string;
}

/** A piece, and the container whose own pieces come next, if it is the beginning of one. */
interface Step extends Piece {
  readonly child?: { readonly ref: ValueRef; readonly context: Context };
}

class JsonStream {
  readonly #root: ValueRef;
  readonly #indent: number;
  /** Of the whole traversal: a hostile file that repeats subtrees runs out of what may be opened, or out of what may be made. */
  readonly #opened: LookingBudget;
  readonly #budget: MakingBudget;
  /** Slots of values that were made and could not be written in one go. */
  readonly #vainSlots: SlotBound;

  constructor(root: ValueRef, indent: number) {
    this.#root = root;
    this.#indent = indent;
    this.#opened = new LookingBudget(root.reader.end, 1);
    this.#budget = new MakingBudget(root.reader);
    this.#vainSlots = new SlotBound(root.reader.end * VAIN_TRIES_MAX);
  }

  /** On a stack of its own, so that depth costs heap and not the machine's stack. */
  *parts(margin: string): Generator<Piece> {
    const root = this.#root;
    let narrowLevels = NARROW_LEVELS;
    if (!isOpened(root, narrowLevels)) {
      const text = this.#text((make) => make(root));
      if (text !== undefined) {
        yield { text: atMargin(text, margin), fraction: 1 };
        return;
      }
      narrowLevels = DEEP_LEVELS;
    }
    const context = { from: 0, share: 1, narrowLevels, deepLevels: DEEP_LEVELS, margin };
    const opened = [this.#stepsOf(root, context)];
    for (let innermost = opened.at(-1); innermost !== undefined; innermost = opened.at(-1)) {
      const { done, value: step } = innermost.next();
      if (done) {
        opened.pop();
        continue;
      }
      yield step;
      if (step.child !== undefined) opened.push(this.#stepsOf(step.child.ref, step.child.context));
    }
  }

  /** The pieces of one container but for those of the children that are opened. */
  *#stepsOf(ref: ValueRef, context: Context): Generator<Step, undefined> {
    const { from, share, margin } = context;
    const indent = this.#indent;
    const children = childrenOf(ref.reader, ref.lo, ref.hi, this.#budget.strings);
    const { keys, words } = children;
    const isLeaf = words.length > 0 && isSharable(ref.reader.segment.i32, words[0], words.length);
    this.#opened.spend(words.length, isLeaf);
    const [open, close] = keys === undefined ? '[]' : '{}';
    const inner = {
      share: share / words.length,
      narrowLevels: words.length < WIDE ? context.narrowLevels - 1 : 0,
      deepLevels: context.deepLevels,
      margin: margin + ' '.repeat(indent),
    };
    let separator = open;
    const step = (text: string, behind: number): Step => {
      const piece = { text: separator + text, fraction: from + behind * inner.share };
      separator = ',';
      return piece;
    };
    const opening = ({ index, ref: child }: Child, levels: Pick<Context, 'narrowLevels' | 'deepLevels'>): Step => {
      const label = keys === undefined ? '' : `${JSON.stringify(keys[index])}:${indent > 0 ? ' ' : ''}`;
      const childContext = { ...inner, from: from + index * inner.share, ...levels };
      return {
        ...step((indent > 0 ? inner.margin : '') + label, index),
        child: { ref: child, context: childContext },
      };
    };
    const deeper = { narrowLevels: context.deepLevels, deepLevels: context.deepLevels * 2 };
    for (const group of groups(ref, children, inner.narrowLevels)) {
      const [first] = group;
      const last = group[group.length - 1];
      if (isOpened(first.ref, inner.narrowLevels)) {
        yield opening(first, inner);
        continue;
      }
      const text = this.#batchText(group, keys, margin);
      if (text !== undefined) {
        yield step(text, last.index + 1);
        continue;
      }
      for (const child of group) {
        const alone = isOpened(child.ref, context.deepLevels) ? undefined : this.#batchText([child], keys, margin);
        yield alone === undefined ? opening(child, deeper) : step(alone, child.index + 1);
      }
    }
    yield { text: (indent > 0 ? margin : '') + close, fraction: from + share };
  }

  /** Many children at once, as they stand between the brackets of their container; undefined where the engine cannot write them in one go. */
  #batchText(batch: readonly Child[], keys: readonly string[] | undefined, margin: string): string | undefined {
    const text = this.#text((make) =>
      keys === undefined
        ? batch.map(({ ref }) => make(ref))
        : Object.fromEntries(batch.map(({ ref, index }) => [keys[index], make(ref)])),
    );
    return text && atMargin(text.slice(1, this.#indent > 0 ? -2 : -1), margin);
  }

  /** The text of what `value` makes; undefined where it is nested beyond the machine's stack, or longer than the longest string. */
  #text(value: (make: (ref: ValueRef) => unknown) => unknown): string | undefined {
    const materialization = new Materialization(this.#root.reader, this.#budget);
    const before = this.#budget.taken;
    try {
      return JSON.stringify(
        value(({ lo, hi }) => materialization.slot(lo, hi)),
        undefined,
        this.#indent,
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#giveBack(this.#budget.taken - before);
      return undefined;
    }
  }

  /** What was made in vain will be made again. */
  #giveBack(slots: number): void {
    this.#vainSlots.spend(slots);
    this.#budget.giveBack(slots);
  }
}

interface Child {
  readonly index: number;
  readonly ref: ValueRef;
}

/** The children in their order: those that are opened alone, the others in batches. */
function* groups({ reader }: ValueRef, { words }: Children, narrowLevels: number): Generator<Child[]> {
  let batch: Child[] = [];
  for (let index = 0; index < words.length; index++) {
    const { i32 } = reader.segment;
    const child = { index, ref: { reader, lo: i32[words[index]], hi: i32[words[index] + 1] } };
    const opened = isOpened(child.ref, narrowLevels);
    if (!opened) batch.push(child);
    if (batch.length > 0 && (opened || batch.length === WIDE || index === words.length - 1)) {
      yield batch;
      batch = [];
    }
    if (opened) yield [child];
  }
}

/** An empty container is written at once; a wide one is opened at any depth. */
function isOpened({ reader, lo, hi }: ValueRef, narrowLevels: number): boolean {
  if (!isContainer(hi)) return false;
  const width = reader.sizeOf(lo, hi);
  return width >= WIDE || (width > 0 && narrowLevels > 0);
}

function atMargin(text: string, margin: string): string {
  return margin === '\n' ? text : text.replaceAll('\n', margin);
}
