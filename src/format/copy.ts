/**
 * Copies a tree node by node, children first and births kept: into a fresh segment, which is compaction, or into the same one, where a value must stand
 * in a second place. What was shared stays shared. One loop over an explicit stack. O(size of the tree).
 */
import { corrupt } from './corrupt.js';
import { checkTrieNode } from './hash-trie.js';
import {
  ARRAY_SLOTS,
  arrayBytes,
  BRANCH_CHILDREN,
  BUCKET_HASHES,
  branchBytes,
  bucketBytes,
  countOf,
  INDEX_CHILDREN,
  indexBytes,
  isTagged,
  Kind,
  kindOf,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  Tag,
  tagOf,
} from './layout.js';
import { SHARED_LEAF_MAX } from './leaf-cache.js';
import type { Reader } from './reader.js';
import { readString } from './strings.js';
import type { Writer } from './writer.js';

/** Copies the value of a slot of `from` to where `writer` appends; the writer's result is its slot there. */
export function copyValue(from: Reader, lo: number, hi: number, writer: Writer): void {
  new Copy(from, writer).run(lo, hi);
}

/** A node whose references are being copied. */
interface Frame {
  readonly unit: number;
  readonly kind: number;
  readonly sizeBytes: number;
  /** Words of the node that refer to others, from the node's start. */
  readonly references: readonly number[];
  next: number;
  /** What the references become. */
  readonly copied: number[];
}

const PLACES = 1 << 16;

class Copy {
  readonly #from: Reader;
  readonly #to: Writer;
  readonly #sameSegment: boolean;
  readonly #frames: Frame[] = [];
  readonly #shapes = new Map<number, number>();
  /** Leaves and strings copied lately, by the low bits of where they were: what was shared stays so. */
  readonly #leaves = new Places();
  readonly #strings = new Places();

  constructor(from: Reader, to: Writer) {
    this.#from = from;
    this.#to = to;
    this.#sameSegment = from.segment === to.segment;
  }

  run(rootLo: number, rootHi: number): void {
    if (!isNode(rootHi)) {
      this.#to.result(this.#copyScalar(rootLo, rootHi), rootHi);
      return;
    }
    this.#open(rootLo, this.#from.end);
    for (;;) {
      const frame = this.#frames[this.#frames.length - 1];
      if (frame.next < frame.references.length) {
        this.#reference(frame, frame.references[frame.next]);
        continue;
      }
      const unit = this.#close(frame);
      this.#frames.pop();
      const parent = this.#frames[this.#frames.length - 1];
      if (parent === undefined) {
        this.#to.result(unit, rootHi);
        return;
      }
      parent.copied.push(unit);
      parent.next++;
    }
  }

  /** Copies what word `at` of the node refers to, or opens it. */
  #reference(frame: Frame, at: number): void {
    const { i32 } = this.#from.segment;
    const word = frame.unit * 2 + at;
    const isSlot = at >= firstSlot(frame);
    if (isSlot && !isNode(i32[word + 1])) {
      frame.copied.push(this.#copyScalar(i32[word], i32[word + 1]));
      frame.next++;
      return;
    }
    if (!isSlot && frame.kind === Kind.OBJECT) {
      frame.copied.push(this.#copyShape(i32[word], frame.unit));
      frame.next++;
      return;
    }
    const known = this.#leaves.find(i32[word]);
    if (known >= 0) {
      frame.copied.push(known);
      frame.next++;
      return;
    }
    this.#open(i32[word], frame.unit);
  }

  #open(unit: number, before: number): void {
    const { i32 } = this.#from.segment;
    const kind = kindOf(i32[unit * 2 + 1]);
    const count = countOf(i32[unit * 2 + 1]);
    const frame = { unit, kind, next: 0, copied: [] };
    switch (kind) {
      case Kind.OBJECT:
        this.#from.shapeOf(unit, before);
        this.#frames.push({
          ...frame,
          sizeBytes: objectBytes(count),
          references: [2, ...slotsFrom(OBJECT_SLOTS, count)],
        });
        break;
      case Kind.ARRAY:
        this.#from.elementsOf(unit, before);
        this.#frames.push({ ...frame, sizeBytes: arrayBytes(count), references: slotsFrom(ARRAY_SLOTS, count) });
        break;
      case Kind.ARRAY_INDEX:
        this.#from.childrenOf(unit, before);
        this.#frames.push({ ...frame, sizeBytes: indexBytes(count), references: slotsFrom(INDEX_CHILDREN, count) });
        break;
      case Kind.OBJECT_ROOT:
        this.#from.entriesOf(unit, before);
        this.#frames.push({ ...frame, sizeBytes: OBJECT_ROOT_BYTES, references: [4] });
        break;
      case Kind.BRANCH:
        checkTrieNode(this.#from.segment, unit, before, 0);
        this.#frames.push({
          ...frame,
          sizeBytes: branchBytes(count),
          references: Array.from({ length: count }, (_, i) => BRANCH_CHILDREN + i),
        });
        break;
      case Kind.BUCKET:
        checkTrieNode(this.#from.segment, unit, before, 0);
        this.#frames.push({
          ...frame,
          sizeBytes: bucketBytes(count),
          references: slotsFrom(BUCKET_HASHES + count * 2, count * 2),
        });
        break;
      default:
        throw corrupt('a slot leads to no node');
    }
  }

  /** Writes the node with its references replaced; returns its new unit. */
  #close(frame: Frame): number {
    const { references, copied, sizeBytes } = frame;
    const word = this.#to.allocate(sizeBytes);
    const source = this.#from.segment.i32;
    const target = this.#to.segment.i32;
    const start = frame.unit * 2;
    for (let i = 0; i < sizeBytes >> 2; i++) target[word + i] = source[start + i];
    for (let i = 0; i < references.length; i++) target[word + references[i]] = copied[i];
    const unit = word >>> 1;
    if (isSharable(frame)) this.#leaves.add(frame.unit, unit);
    return unit;
  }

  #copyScalar(lo: number, hi: number): number {
    if (this.#sameSegment || !isTagged(hi)) return lo;
    const tag = tagOf(hi);
    if (tag !== Tag.LATIN1 && tag !== Tag.UTF16 && tag !== Tag.LONG_STRING) return lo;
    const known = this.#strings.find(lo);
    // Equal offsets with another length or width do not occur; the slot's own high word is kept, so they must not.
    if (known >= 0 && this.#strings.detail(lo) === hi) return known;
    this.#to.strings.write(readString(this.#from.segment, lo, hi));
    this.#strings.add(lo, this.#to.lo, hi);
    return this.#to.lo;
  }

  #copyShape(unit: number, before: number): number {
    if (this.#sameSegment) return unit;
    const known = this.#shapes.get(unit);
    if (known !== undefined) return known;
    const copied = this.#to.shape(this.#from.shapes.at(unit, before).keys);
    this.#shapes.set(unit, copied);
    return copied;
  }
}

/** Whether a slot leads to a container's node. */
function isNode(hi: number): boolean {
  if (!isTagged(hi)) return false;
  const tag = tagOf(hi);
  return tag === Tag.OBJECT || tag === Tag.LARGE_OBJECT || tag === Tag.ARRAY || tag === Tag.LARGE_ARRAY;
}

function slotsFrom(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i * 2);
}

/** The first reference of a node that is a slot, not a bare unit. */
function firstSlot({ kind }: Frame): number {
  if (kind === Kind.OBJECT) return OBJECT_SLOTS;
  return kind === Kind.ARRAY || kind === Kind.BUCKET ? 0 : Number.POSITIVE_INFINITY;
}

function isSharable({ kind, references }: Frame): boolean {
  return (kind === Kind.OBJECT || kind === Kind.ARRAY) && references.length <= SHARED_LEAF_MAX + 1;
}

/** A small map from old to new places that forgets: a miss costs a copy, never correctness. */
class Places {
  readonly #keys = new Int32Array(PLACES);
  readonly #values = new Int32Array(PLACES);
  readonly #details = new Int32Array(PLACES);

  find(key: number): number {
    const place = (key ^ (key >>> 16)) & (PLACES - 1);
    return this.#keys[place] === key && key !== 0 ? this.#values[place] : -1;
  }

  detail(key: number): number {
    return this.#details[(key ^ (key >>> 16)) & (PLACES - 1)];
  }

  add(key: number, value: number, detail = 0): void {
    const place = (key ^ (key >>> 16)) & (PLACES - 1);
    this.#keys[place] = key;
    this.#values[place] = value;
    this.#details[place] = detail;
  }
}
