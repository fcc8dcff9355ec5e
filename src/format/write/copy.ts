/**
 * Copies a tree node by node, children first and node ids kept: into a fresh segment, which is compaction, or into the same one, where a second
 * path takes the value. What was shared stays shared. One loop over an explicit stack, like `materialize.ts`. O(size of the tree).
 */
import { corrupt } from '../corrupt.js';
import {
  ARRAY_SLOTS,
  arrayBytes,
  BRANCH_CHILDREN,
  BRANCH_LEVELS,
  BUCKET_HASHES,
  branchBytes,
  bucketBytes,
  countOf,
  FIRST_UNIT,
  INDEX_CHILDREN,
  indexBytes,
  isContainer,
  isTagged,
  Kind,
  kindOf,
  OBJECT_ROOT_BYTES,
  OBJECT_SLOTS,
  objectBytes,
  SHARED_LEAF_MAX,
  Tag,
  tagOf,
  WIDE_OBJECT_BYTES,
  WIDE_VALUES,
} from '../layout.js';
import { isSharable, LookingBudget } from '../read/budget.js';
import { checkTrieNode } from '../read/hash-trie.js';
import type { Reader } from '../read/reader.js';
import type { CopyAllowance } from './copy-allowance.js';
import { CopyCache } from './copy-cache.js';
import type { Writer } from './writer.js';

/** Copies values of one segment to where a writer appends, and remembers what it has copied. */
export class Copier {
  readonly #from: Reader;
  readonly #to: Writer;
  readonly #sameSegment: boolean;
  readonly #shapes = new Map<number, number>();
  /** Leaves and strings copied recently: what was shared stays so. */
  readonly #leaves = new CopyCache();
  readonly #strings = new CopyCache();
  readonly #frames: Frame[] = [];
  /** The low words of the slots, and the units of the children, of the nodes under way. */
  #copied = new Int32Array(1024);
  #top = 0;
  readonly #budget: LookingBudget;
  readonly #allowance: CopyAllowance | undefined;

  /** @param allowance Given for the copies that a program asks for; a compaction has none. */
  constructor(from: Reader, to: Writer, allowance?: CopyAllowance) {
    this.#allowance = allowance;
    this.#from = from;
    this.#to = to;
    this.#sameSegment = from.segment === to.segment;
    this.#budget = new LookingBudget(from.end, 1);
  }

  /**
   * Copies the value of a slot; the writer's result is its slot there. O(size).
   * @throws `ERR_REGION_CORRUPT`, `ERR_NO_SPACE`, `ERR_TOO_LARGE`, also beyond the allowance
   */
  copy(lo: number, hi: number): void {
    this.#top = 0;
    this.#to.result(isContainer(hi) ? this.#copyTree(lo) : this.#copyScalar(lo, hi), hi);
  }

  #copyTree(root: number): number {
    const { i32 } = this.#from.segment;
    let depth = 0;
    let frame = this.#open(depth, root, this.#from.end);
    for (;;) {
      const { stride, end, slots } = frame;
      let opened = false;
      for (let at = frame.next; at < end; at += stride) {
        const lo = i32[at];
        if (slots && !isContainer(i32[at + 1])) {
          this.#push(this.#copyScalar(lo, i32[at + 1]));
          continue;
        }
        const known = this.#leaves.find(lo, 0);
        if (known !== 0) {
          this.#push(known);
          continue;
        }
        frame.next = at + stride;
        frame = this.#open(++depth, lo, frame.unit);
        opened = true;
        break;
      }
      if (opened) continue;
      const unit = this.#close(frame);
      if (depth === 0) return unit;
      this.#push(unit);
      frame = this.#frames[--depth];
    }
  }

  #open(depth: number, unit: number, before: number): Frame {
    let frame = this.#frames[depth];
    if (frame === undefined) {
      frame = { unit: 0, kind: 0, sizeBytes: 0, start: 0, next: 0, end: 0, stride: 0, slots: false, base: 0 };
      this.#frames.push(frame);
    }
    if (unit < FIRST_UNIT || unit >= before) throw corrupt('an offset leads outside the committed bytes');
    const header = this.#from.segment.i32[unit * 2 + 1];
    frame.unit = unit;
    frame.kind = kindOf(header);
    frame.base = this.#top;
    this.#aim(frame, countOf(header), before);
    this.#spend(frame, countOf(header));
    frame.next = frame.start;
    return frame;
  }

  /** Nodes of every kind are counted: those of indexes have no more references than units either, two of a branch to each. */
  #spend({ kind, start }: Frame, count: number): void {
    const mayBeLeaf = kind === Kind.OBJECT || kind === Kind.ARRAY;
    const references = kind === Kind.BRANCH ? count >> 1 : count;
    this.#budget.spend(references, mayBeLeaf && isSharable(this.#from.segment.i32, start, count));
  }

  /** Checks the node and points `frame` at what it refers to. */
  #aim(frame: Frame, count: number, before: number): void {
    const reader = this.#from;
    const { unit } = frame;
    switch (frame.kind) {
      case Kind.OBJECT:
        checkCount(count, reader.shapeOf(unit, before).keys.length);
        aim(frame, objectBytes(count), OBJECT_SLOTS, count, 2, true);
        break;
      case Kind.ARRAY:
        checkCount(count, reader.elementsOf(unit, before));
        aim(frame, arrayBytes(count), ARRAY_SLOTS, count, 2, true);
        break;
      case Kind.ARRAY_INDEX:
        checkCount(count, reader.childCountOf(unit, before));
        aim(frame, indexBytes(count), INDEX_CHILDREN, count, 2, false);
        break;
      case Kind.OBJECT_ROOT:
        reader.entriesOf(unit, before);
        aim(frame, OBJECT_ROOT_BYTES, 4, 1, 1, false);
        break;
      case Kind.WIDE_OBJECT:
        reader.wideOf(unit, before);
        aim(frame, WIDE_OBJECT_BYTES, WIDE_VALUES, 1, 1, false);
        break;
      case Kind.BRANCH:
        checkTrieNode(reader.segment, unit, before, BRANCH_LEVELS - 1);
        aim(frame, branchBytes(count), BRANCH_CHILDREN, count, 1, false);
        break;
      case Kind.BUCKET:
        checkTrieNode(reader.segment, unit, before, BRANCH_LEVELS);
        aim(frame, bucketBytes(count), BUCKET_HASHES + count * 2, count * 2, 2, true);
        break;
      default:
        throw corrupt('a slot leads to no node');
    }
  }

  /** Writes the node with what it refers to replaced; returns its new unit. */
  #close({ unit, kind, sizeBytes, start, end, stride, base }: Frame): number {
    const keys = this.#copyKeys(kind, unit);
    this.#allowance?.spend(sizeBytes, this.#to.segment.head);
    const word = this.#to.allocate(sizeBytes);
    const source = this.#from.segment.i32;
    const target = this.#to.segment.i32;
    const offset = word - unit * 2;
    for (let i = 0; i < sizeBytes >> 2; i++) target[word + i] = source[unit * 2 + i];
    for (let at = start, i = base; at < end; at += stride, i++) target[at + offset] = this.#copied[i];
    if (keys >= 0) target[word + 2] = keys;
    const isLeaf = (kind === Kind.OBJECT || kind === Kind.ARRAY) && this.#top - base <= SHARED_LEAF_MAX;
    if (isLeaf) this.#leaves.add(unit, 0, word >>> 1);
    this.#top = base;
    return word >>> 1;
  }

  #push(value: number): void {
    if (this.#top === this.#copied.length) {
      const larger = new Int32Array(this.#copied.length * 2);
      larger.set(this.#copied);
      this.#copied = larger;
    }
    this.#copied[this.#top++] = value;
  }

  /** The low word that the slot of a value other than a container gets. */
  #copyScalar(lo: number, hi: number): number {
    if (this.#sameSegment || !isTagged(hi)) return lo;
    const tag = tagOf(hi);
    if (tag !== Tag.LATIN1 && tag !== Tag.UTF16 && tag !== Tag.LONG_STRING) return lo;
    const known = this.#strings.find(lo, hi);
    if (known !== 0) return known;
    this.#to.strings.copy(this.#from.segment, lo, hi);
    this.#strings.add(lo, hi, this.#to.lo);
    return this.#to.lo;
  }

  /** The unit of the copied key list of the object at `unit`, which word 2 of its node names; -1 for any other kind of node. */
  #copyKeys(kind: number, unit: number): number {
    const list = this.#from.segment.i32[unit * 2 + 2];
    if (kind === Kind.OBJECT) return this.#copyShape(list, unit);
    return kind === Kind.WIDE_OBJECT ? this.#copyWideKeys(list, unit) : -1;
  }

  /** Node by node, because lists that differ in a key share all others. */
  #copyWideKeys(unit: number, before: number): number {
    if (this.#sameSegment) return unit;
    const known = this.#shapes.get(unit);
    if (known !== undefined) return known;
    const { keys } = this.#from.shapes.wideAt(this.#from, unit, before);
    const copied = this.#copyKeyNode(unit);
    this.#to.wideShapes.add(keys, copied);
    return copied;
  }

  #copyKeyNode(unit: number): number {
    const known = this.#shapes.get(unit);
    if (known !== undefined) return known;
    const { i32 } = this.#from.segment;
    const from = unit * 2;
    const count = countOf(i32[from + 1]);
    const isLeaf = kindOf(i32[from + 1]) === Kind.ARRAY;
    const words = i32.slice(from, from + arrayBytes(count) / 4); // an index has the same size
    for (let i = 0; i < count; i++) {
      const at = ARRAY_SLOTS + i * 2;
      words[at] = isLeaf ? this.#copyScalar(words[at], words[at + 1]) : this.#copyKeyNode(words[at]);
    }
    const word = this.#to.allocate(words.length * 4);
    this.#to.segment.i32.set(words, word);
    this.#shapes.set(unit, word >>> 1);
    return word >>> 1;
  }

  #copyShape(unit: number, before: number): number {
    if (this.#sameSegment) return unit;
    let copied = this.#shapes.get(unit);
    if (copied === undefined) {
      copied = this.#to.shape(this.#to.shapes.of(this.#from.shapes.at(unit, before).keys));
      this.#shapes.set(unit, copied);
    }
    return copied;
  }
}

/** A node whose references are being copied; all positions are words of the source. */
interface Frame {
  unit: number;
  kind: number;
  sizeBytes: number;
  /** The first reference, the next one, and the end of them. */
  start: number;
  next: number;
  end: number;
  stride: number;
  /** Whether they are slots; else bare units. */
  slots: boolean;
  /** Where its copied references begin. */
  base: number;
}

/** The node is still the one whose header was read: its owner may write meanwhile. */
function checkCount(read: number, checked: number): void {
  if (read !== checked) throw corrupt('a node changes while it is copied');
}

function aim(frame: Frame, sizeBytes: number, first: number, count: number, stride: number, slots: boolean): void {
  frame.sizeBytes = sizeBytes;
  frame.start = frame.unit * 2 + first;
  frame.end = frame.start + count * stride;
  frame.stride = stride;
  frame.slots = slots;
}
