/**
 * The full check of a tree: all that readers insist on, and the rest of what `spec/FORMAT.md` promises, which they do not need. One loop over
 * a traversal (`traversal.ts`), so depth costs no stack.
 */
import { corrupt } from '../corrupt.js';
import {
  ARRAY_NODE_MAX,
  ARRAY_SLOTS,
  arrayBytes,
  FIRST_UNIT,
  indexBytes,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  SHAPE_SLOTS,
  shapeBytes,
  Tag,
  WIDE_OBJECT_BYTES,
} from '../layout.js';
import { integerFirstOrder } from '../read/entries.js';
import type { Segment } from '../segment.js';
import { verifyLargeArray, verifyLargeObject } from './large.js';
import { verifyNodeIds } from './node-ids.js';
import { Traversal, type Waiting } from './traversal.js';
import { verifyWideObject } from './wide.js';

/** What is in a tree, and what is wrong with it. */
export interface Verification {
  /** Nodes that the tree reaches, but for those of long strings, each counted once. */
  readonly nodes: number;
  /** Objects and arrays, each counted once however many slots name it. */
  readonly containers: number;
  readonly shapes: number;
  /** Strings outside of slots, each counted once. */
  readonly strings: number;
  /** Containers inside one another, where that is deepest. */
  readonly depth: number;
  /** Bytes of all these nodes and strings: what a compaction would keep. */
  readonly liveBytes: number;
  /** Nothing when the tree is as a master wrote it. */
  readonly problems: readonly string[];
}

/**
 * Checks the tree whose root is the slot (`rootLo`, `rootHi`). Never throws for what the bytes say. O(n log n) time, memory within a few
 * times the segment's size.
 */
export function verify(segment: Segment, rootLo: number, rootHi: number): Verification {
  return new TreeVerifier(segment).run(rootLo, rootHi);
}

class TreeVerifier {
  readonly #traversal: Traversal;
  #containers = 0;
  #shapes = 0;

  constructor(segment: Segment) {
    this.#traversal = new Traversal(segment);
  }

  run(rootLo: number, rootHi: number): Verification {
    const traversal = this.#traversal;
    const { reader, problems, extents } = traversal;
    traversal.slot(rootLo, rootHi, reader.end);
    for (let waiting = traversal.next(); waiting !== undefined; waiting = traversal.next()) {
      const container = waiting;
      problems.attempt(container.unit, () => this.#container(container));
    }
    const { liveBytes, strings } = extents.sweep(problems);
    problems.attempt(FIRST_UNIT, () => verifyNodeIds(reader, extents.nodeUnits(), problems));
    return {
      nodes: traversal.nodes,
      containers: this.#containers,
      shapes: this.#shapes,
      strings,
      depth: traversal.depth,
      liveBytes,
      problems: problems.sentences(),
    };
  }

  #container({ unit, tag, before }: Waiting): void {
    const traversal = this.#traversal;
    const { reader } = traversal;
    this.#containers++;
    if (tag === Tag.OBJECT) this.#object(unit, before);
    else if (tag === Tag.ARRAY) this.#array(unit, before);
    else if (tag === Tag.LARGE_OBJECT && reader.isWide(unit, before)) {
      traversal.note(unit, WIDE_OBJECT_BYTES);
      this.#shapes += verifyWideObject(traversal, unit);
    } else if (tag === Tag.LARGE_OBJECT) {
      const root = reader.rootOf(unit, before);
      traversal.note(unit, OBJECT_ROOT_BYTES);
      verifyLargeObject(traversal, unit, root);
    } else {
      traversal.note(unit, indexBytes(reader.childCountOf(unit, before)));
      verifyLargeArray(traversal, unit, before);
    }
  }

  #object(unit: number, before: number): void {
    const traversal = this.#traversal;
    const { i32 } = traversal.reader.segment;
    const { keys, unit: shape } = traversal.reader.shapeOf(unit, before);
    traversal.note(unit, objectBytes(keys.length));
    traversal.problems.expect(i32[unit * 2 + 3] === 0, unit, 'an object has bits set that mean nothing');
    this.#shape(shape, keys);
    for (let i = 0; i < keys.length; i++) traversal.value(unit * 2 + OBJECT_SLOTS + i * 2, unit);
  }

  #shape(unit: number, keys: readonly string[]): void {
    const { reader, problems, slots } = this.#traversal;
    if (!this.#traversal.claim(unit, shapeBytes(keys.length))) return;
    this.#shapes++;
    const { i32 } = reader.segment;
    const word = unit * 2;
    const isClean = i32[word] === 0 && (i32[word + 1] & 0xffff) === 0;
    problems.expect(isClean, unit, 'a shape has bits set that mean nothing');
    problems.expect(integerFirstOrder(keys) === undefined, unit, "the keys of a shape do not stand in JSON's order");
    keys.forEach((_, i) => {
      const slot = word + SHAPE_SLOTS + i * 2;
      slots.string(i32[slot], i32[slot + 1], unit);
    });
  }

  #array(unit: number, before: number): void {
    const traversal = this.#traversal;
    const count = traversal.reader.elementsOf(unit, before);
    if (count > ARRAY_NODE_MAX) throw corrupt(`a small array has ${count} elements`);
    traversal.note(unit, arrayBytes(count));
    for (let i = 0; i < count; i++) traversal.value(unit * 2 + ARRAY_SLOTS + i * 2, unit);
  }
}
