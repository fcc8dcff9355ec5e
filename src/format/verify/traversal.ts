/**
 * The walk over a tree that is being checked: which nodes it has met, and which containers wait for their turn. Each node waits once, so
 * neither depth nor repetition costs more than the segment has bytes.
 */
import {
  ARRAY_SLOTS,
  countOf,
  FIRST_UNIT,
  isContainer,
  Kind,
  kindOf,
  OBJECT_SLOTS,
  Tag,
  tagOf,
  UNIT_BYTES,
} from '../layout.js';
import { isSharable } from '../read/budget.js';
import { Reader } from '../read/reader.js';
import type { Segment } from '../segment.js';
import { Extent, Extents } from './extents.js';
import { KeyTexts } from './keys.js';
import { Problems } from './problems.js';
import { SlotVerifier } from './slots.js';

/** A container whose turn has come. */
export interface Waiting {
  readonly unit: number;
  readonly tag: number;
  /** The unit of the node that names it. */
  readonly before: number;
}

export class Traversal {
  readonly reader: Reader;
  readonly problems = new Problems();
  readonly extents: Extents;
  readonly slots: SlotVerifier;
  readonly keyTexts: KeyTexts;
  /** Nodes that were noted so far. */
  nodes = 0;
  /** Containers inside one another, where that is deepest. */
  depth = 0;
  /** A bit for each unit: whether the node there was met. */
  readonly #met: Uint8Array;
  /** Unit, tag, unit of the referrer and depth of each container that waits. */
  readonly #waiting: number[] = [];
  /** Depth of the container that is being checked. */
  #level = 0;

  constructor(segment: Segment) {
    this.reader = new Reader(segment);
    this.extents = new Extents(segment);
    this.slots = new SlotVerifier(segment, this.problems, this.extents);
    this.keyTexts = new KeyTexts(segment);
    this.#met = new Uint8Array((this.reader.end >>> 3) + 1);
  }

  /** Returns the next container that waits, or undefined. */
  next(): Waiting | undefined {
    if (this.#waiting.length === 0) return undefined;
    const [unit, tag, before, level] = this.#waiting.splice(-4);
    this.#level = level;
    return { unit, tag, before };
  }

  /** Checks the slot of a value, at `word` of the node at `owner`. */
  value(word: number, owner: number): void {
    const { i32 } = this.reader.segment;
    this.slot(i32[word], i32[word + 1], owner);
  }

  /** Checks the slot (`lo`, `hi`) in the node at `owner`; a container waits for its turn. */
  slot(lo: number, hi: number, owner: number): void {
    if (!isContainer(hi)) {
      this.slots.scalar(lo, hi, owner);
      return;
    }
    this.problems.expect((hi & 0xffff) === 0, owner, 'a slot has an aux that its tag does not use');
    if (lo < FIRST_UNIT || lo >= owner) {
      this.problems.add(owner, 'a container does not lie before the node that names it');
      return;
    }
    this.depth = Math.max(this.depth, this.#level + 1);
    if (this.#isMet(lo)) {
      const mayBeShared = this.#mayBeShared(lo, tagOf(hi));
      this.problems.expect(mayBeShared, lo, 'several slots name it, which only small leaves allow');
    } else {
      this.#waiting.push(lo, tagOf(hi), owner, this.#level + 1);
    }
    this.#meet(lo);
  }

  /** Notes a node that only one other may name; false if it was met before. */
  claim(unit: number, sizeBytes: number): boolean {
    if (this.#isMet(unit)) return false;
    this.#meet(unit);
    this.note(unit, sizeBytes);
    return true;
  }

  /** Counts a node and the bytes it takes. */
  note(unit: number, sizeBytes: number): void {
    this.nodes++;
    this.extents.add(unit * UNIT_BYTES, sizeBytes, Extent.NODE);
  }

  #mayBeShared(unit: number, tag: number): boolean {
    const { i32 } = this.reader.segment;
    const header = i32[unit * 2 + 1];
    const kind = kindOf(header);
    if (tag === Tag.OBJECT && kind === Kind.OBJECT) return isSharable(i32, unit * 2 + OBJECT_SLOTS, countOf(header));
    return tag === Tag.ARRAY && kind === Kind.ARRAY && isSharable(i32, unit * 2 + ARRAY_SLOTS, countOf(header));
  }

  #isMet(unit: number): boolean {
    return (this.#met[unit >>> 3] & (1 << (unit & 7))) !== 0;
  }

  #meet(unit: number): void {
    this.#met[unit >>> 3] |= 1 << (unit & 7);
  }
}
