/**
 * The full check of a tree: all that readers insist on, and the rest of what `spec/FORMAT.md` promises, which they do not need. The nodes
 * wait on a stack for their turn, each once, so neither depth nor repetition costs more than the segment has bytes.
 */
import { corrupt } from '../corrupt.js';
import {
  ARRAY_NODE_MAX,
  ARRAY_SLOTS,
  arrayBytes,
  countOf,
  FIRST_UNIT,
  indexBytes,
  isContainer,
  Kind,
  kindOf,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  SHAPE_SLOTS,
  shapeBytes,
  Tag,
  tagOf,
  UNIT_BYTES,
} from '../layout.js';
import { isSharable } from '../read/budget.js';
import { integerFirstOrder } from '../read/entries.js';
import { Reader } from '../read/reader.js';
import type { Segment } from '../segment.js';
import { Extent, Extents } from './extents.js';
import { KeyTexts } from './keys.js';
import { type Surroundings, verifyLargeArray, verifyLargeObject } from './large.js';
import { verifyNodeIds } from './node-ids.js';
import { Problems } from './problems.js';
import { SlotVerifier } from './slots.js';

/** What is in a tree, and what is wrong with it. */
export interface Verification {
  /** Nodes that the tree reaches, but for those of long strings, each counted once. */
  readonly nodes: number;
  /** Objects and arrays, each counted once wherever it stands. */
  readonly containers: number;
  readonly shapes: number;
  /** Strings outside of slots, each counted once. */
  readonly strings: number;
  /** Containers inside one another at the deepest place. */
  readonly depth: number;
  /** Bytes of all these nodes and strings: what a compaction would keep. */
  readonly liveBytes: number;
  /** Nothing when the tree is as a master wrote it. */
  readonly problems: readonly string[];
}

/** Checks the tree whose root is the slot (`rootLo`, `rootHi`). Never throws for what the bytes say. O(n log n) time, memory within a few times the segment's size. */
export function verify(segment: Segment, rootLo: number, rootHi: number): Verification {
  return new TreeVerifier(segment).run(rootLo, rootHi);
}

class TreeVerifier {
  readonly #reader: Reader;
  readonly #problems = new Problems();
  readonly #extents: Extents;
  readonly #around: Surroundings;
  /** A bit for each unit: whether the node there was met. */
  readonly #met: Uint8Array;
  /** Containers that wait: unit, tag, unit of the referrer, depth. */
  readonly #waiting: number[] = [];
  #nodes = 0;
  #containers = 0;
  #shapes = 0;
  #depth = 0;
  /** Depth of the container that is being checked. */
  #level = 0;

  constructor(segment: Segment) {
    this.#reader = new Reader(segment);
    this.#extents = new Extents(segment);
    this.#met = new Uint8Array((this.#reader.end >>> 3) + 1);
    this.#around = {
      reader: this.#reader,
      problems: this.#problems,
      slots: new SlotVerifier(segment, this.#problems, this.#extents),
      keyTexts: new KeyTexts(segment),
      claim: (unit, sizeBytes) => this.#claim(unit, sizeBytes),
      value: (word, owner) => this.#value(segment.i32[word], segment.i32[word + 1], owner),
    };
  }

  run(rootLo: number, rootHi: number): Verification {
    const problems = this.#problems;
    this.#value(rootLo, rootHi, this.#reader.end);
    while (this.#waiting.length > 0) {
      const [unit, tag, before, level] = this.#waiting.splice(-4);
      this.#level = level;
      problems.attempt(unit, () => this.#container(unit, tag, before));
    }
    const { liveBytes, strings } = this.#extents.sweep(problems);
    problems.attempt(FIRST_UNIT, () => verifyNodeIds(this.#reader, this.#extents.nodeUnits(), problems));
    return {
      nodes: this.#nodes,
      containers: this.#containers,
      shapes: this.#shapes,
      strings,
      depth: this.#depth,
      liveBytes,
      problems: problems.sentences(),
    };
  }

  #value(lo: number, hi: number, owner: number): void {
    if (!isContainer(hi)) {
      this.#around.slots.scalar(lo, hi, owner);
      return;
    }
    const problems = this.#problems;
    problems.expect((hi & 0xffff) === 0, owner, 'a slot has an aux that its tag does not use');
    if (lo < FIRST_UNIT || lo >= owner) {
      problems.add(owner, 'a container does not lie before the node that names it');
      return;
    }
    this.#depth = Math.max(this.#depth, this.#level + 1);
    if (this.#isMet(lo))
      problems.expect(
        this.#mayBeShared(lo, tagOf(hi)),
        lo,
        'it is used in several places, which only small leaves may be',
      );
    else this.#waiting.push(lo, tagOf(hi), owner, this.#level + 1);
    this.#meet(lo);
  }

  #mayBeShared(unit: number, tag: number): boolean {
    const { i32 } = this.#reader.segment;
    const header = i32[unit * 2 + 1];
    const kind = kindOf(header);
    if (tag === Tag.OBJECT && kind === Kind.OBJECT) return isSharable(i32, unit * 2 + OBJECT_SLOTS, countOf(header));
    return tag === Tag.ARRAY && kind === Kind.ARRAY && isSharable(i32, unit * 2 + ARRAY_SLOTS, countOf(header));
  }

  #container(unit: number, tag: number, before: number): void {
    this.#containers++;
    if (tag === Tag.OBJECT) this.#object(unit, before);
    else if (tag === Tag.ARRAY) this.#array(unit, before);
    else if (tag === Tag.LARGE_OBJECT) {
      const root = this.#reader.rootOf(unit, before);
      this.#note(unit, OBJECT_ROOT_BYTES);
      verifyLargeObject(this.#around, unit, root);
    } else {
      this.#note(unit, indexBytes(this.#reader.childCountOf(unit, before)));
      verifyLargeArray(this.#around, unit, before);
    }
  }

  #object(unit: number, before: number): void {
    const { i32 } = this.#reader.segment;
    const { keys, unit: shape } = this.#reader.shapeOf(unit, before);
    this.#note(unit, objectBytes(keys.length));
    this.#problems.expect(i32[unit * 2 + 3] === 0, unit, 'an object has bits set that mean nothing');
    this.#shape(shape, keys);
    for (let i = 0; i < keys.length; i++) this.#around.value(unit * 2 + OBJECT_SLOTS + i * 2, unit);
  }

  #shape(unit: number, keys: readonly string[]): void {
    if (!this.#claim(unit, shapeBytes(keys.length))) return;
    this.#shapes++;
    const { i32 } = this.#reader.segment;
    const word = unit * 2;
    this.#problems.expect(
      i32[word] === 0 && (i32[word + 1] & 0xffff) === 0,
      unit,
      'a shape has bits set that mean nothing',
    );
    this.#problems.expect(
      integerFirstOrder(keys) === undefined,
      unit,
      "the keys of a shape do not stand in JSON's order",
    );
    keys.forEach((_, i) => {
      const slot = word + SHAPE_SLOTS + i * 2;
      this.#around.slots.string(i32[slot], i32[slot + 1], unit);
    });
  }

  #array(unit: number, before: number): void {
    const count = this.#reader.elementsOf(unit, before);
    if (count > ARRAY_NODE_MAX) throw corrupt(`a small array has ${count} elements`);
    this.#note(unit, arrayBytes(count));
    for (let i = 0; i < count; i++) this.#around.value(unit * 2 + ARRAY_SLOTS + i * 2, unit);
  }

  /** Counts a node and the bytes it takes. */
  #note(unit: number, sizeBytes: number): void {
    this.#nodes++;
    this.#extents.add(unit * UNIT_BYTES, sizeBytes, Extent.NODE);
  }

  #claim(unit: number, sizeBytes: number): boolean {
    if (this.#isMet(unit)) return false;
    this.#meet(unit);
    this.#note(unit, sizeBytes);
    return true;
  }

  #isMet(unit: number): boolean {
    return (this.#met[unit >>> 3] & (1 << (unit & 7))) !== 0;
  }

  #meet(unit: number): void {
    this.#met[unit >>> 3] |= 1 << (unit & 7);
  }
}
