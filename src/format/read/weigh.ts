/** How heavy the parts of a value are, measured in steps between which the caller can do something else. */
import { isContainer, isString, Tag, tagOf } from '../layout.js';
import { isSharable, LookingBudget } from './budget.js';
import { type Children, childrenOf } from './children.js';
import { OccupiedBytes } from './occupied.js';
import type { Reader } from './reader.js';
import { readScalar } from './scalar.js';
import { locateString } from './strings.js';

export interface Weight {
  /** Bytes that it takes in the segment. What several slots share counts for the first of them, in the order of the document. */
  readonly bytes: number;
  /** Characters of its JSON text without spaces; a character that JSON escapes counts once. */
  readonly jsonLength: number;
  /** Values in it, itself included. */
  readonly values: number;
}

/** A part, and its slot. */
export interface Part extends Weight {
  /** The keys and indexes that lead to it. */
  readonly path: readonly string[];
  readonly lo: number;
  readonly hi: number;
}

export interface Weights extends Weight {
  /** The heaviest parts, heaviest first. */
  readonly heaviest: readonly Part[];
}

export interface WeighingOptions {
  /** How many of the heaviest parts are returned. */
  readonly top: number;
  /** How deep in the value a part may be; 1, its children, by default. */
  readonly levels?: number | undefined;
  /** What makes a part heavy; `bytes` by default. */
  readonly by?: 'bytes' | 'jsonLength' | undefined;
}

/** So many slots are looked at between two steps: less than a millisecond. */
const STEP_SLOTS = 4096;

/**
 * Measures the value of a slot and its parts. Yields the bytes that were counted so far, about once in a millisecond; a container of a
 * million children is one step. O(value); takes a bit of memory for each byte of the segment, and what `top` parts take.
 * @throws `ERR_REGION_CORRUPT`
 */
export function* weigh(
  { reader, lo, hi }: { readonly reader: Reader; readonly lo: number; readonly hi: number },
  { top, levels = 1, by = 'bytes' }: WeighingOptions,
): Generator<number, Weights> {
  const weighing = new Weighing(reader, top, by);
  const weight = yield* weighing.parts(lo, hi, [], levels);
  return { ...weight, heaviest: weighing.heaviest() };
}

/** The sums of what has been met since they were made. */
interface Sums {
  jsonLength: number;
  values: number;
}

class Weighing {
  readonly #reader: Reader;
  readonly #top: number;
  readonly #by: 'bytes' | 'jsonLength';
  readonly #occupied: OccupiedBytes;
  /** A hostile file that repeats subtrees runs out of it. */
  readonly #looks: LookingBudget;
  #parts: Part[] = [];
  #slotsSinceStep = 0;

  constructor(reader: Reader, top: number, by: 'bytes' | 'jsonLength') {
    this.#reader = reader;
    this.#top = top;
    this.#by = by;
    this.#occupied = new OccupiedBytes(reader);
    this.#looks = new LookingBudget(reader.end, 1);
  }

  heaviest(): Part[] {
    return this.#parts.sort((a, b) => b[this.#by] - a[this.#by]).slice(0, this.#top);
  }

  /** Measures a value, and keeps the parts down to `levels` below it. */
  *parts(lo: number, hi: number, path: readonly string[], levels: number): Generator<number, Weight> {
    const before = this.#occupied.total;
    if (levels === 0 || !isContainer(hi)) {
      const sums = yield* this.#below(lo, hi);
      return { bytes: this.#occupied.total - before, ...sums };
    }
    const { i32 } = this.#reader.segment;
    const children = this.#childrenOf(lo, hi);
    const { keys, words } = children;
    const sums = { jsonLength: ownLength(children), values: 1 };
    for (let i = 0; i < words.length; i++) {
      const [childLo, childHi] = [i32[words[i]], i32[words[i] + 1]];
      const childPath = [...path, keys?.[i] ?? String(i)];
      const child = yield* this.parts(childLo, childHi, childPath, levels - 1);
      sums.jsonLength += child.jsonLength;
      sums.values += child.values;
      this.#keep({ ...child, path: childPath, lo: childLo, hi: childHi });
    }
    return { bytes: this.#occupied.total - before, ...sums };
  }

  /** On a stack of its own, so that depth costs heap. Children are met in the order of the document. */
  *#below(lo: number, hi: number): Generator<number, Sums> {
    const { i32 } = this.#reader.segment;
    const sums = { jsonLength: 0, values: 0 };
    const stack = [lo, hi];
    while (stack.length > 0) {
      const [slotHi, slotLo] = [stack.pop() as number, stack.pop() as number];
      sums.values++;
      if (isContainer(slotHi)) {
        const children = this.#childrenOf(slotLo, slotHi);
        const { words } = children;
        sums.jsonLength += ownLength(children);
        for (let i = words.length - 1; i >= 0; i--) stack.push(i32[words[i]], i32[words[i] + 1]);
      } else {
        sums.jsonLength += this.#scalar(slotLo, slotHi);
      }
      if (++this.#slotsSinceStep < STEP_SLOTS) continue;
      this.#slotsSinceStep = 0;
      yield this.#occupied.total;
    }
    return sums;
  }

  #childrenOf(lo: number, hi: number): Children {
    const children = childrenOf(this.#reader, lo, hi);
    const { words } = children;
    const isShared = words.length > 0 && isSharable(this.#reader.segment.i32, words[0], words.length);
    this.#looks.spend(words.length, isShared);
    this.#occupied.container(lo, hi, children);
    return children;
  }

  /** Counts a scalar, and returns the length of its text. */
  #scalar(lo: number, hi: number): number {
    if (!isString(hi)) return String(readScalar(this.#reader, lo, hi)).length;
    this.#occupied.string(lo, hi);
    const tag = tagOf(hi);
    const length = tag >= Tag.INLINE ? tag - Tag.INLINE : locateString(this.#reader.segment, lo, hi).length;
    return length + 2;
  }

  #keep(part: Part): void {
    this.#parts.push(part);
    if (this.#parts.length > 2 * this.#top + 1024) this.#parts = this.heaviest();
  }
}

/** The text of a container without its values: brackets, keys, colons and commas. */
function ownLength({ keys, words }: Children): number {
  let length = 2 + Math.max(0, words.length - 1);
  for (const key of keys ?? []) length += key.length + 3;
  return length;
}
