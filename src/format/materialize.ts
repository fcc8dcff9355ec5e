/**
 * From slots to plain frozen objects. One loop over an explicit stack, so depth costs heap and not the machine's stack: values gather in `values`,
 * and when a container is complete they become one object there.
 *
 * Making strings is the bottleneck: one call into C++ each. So a piece of the segment from which several strings were taken is
 * made one string as a whole, and the next ones are cut out of it, which costs no copy. A cut-out keeps its piece alive: right where most
 * of the piece is wanted, wrong for single reads, which is why the first few are made one by one.
 */
import { constructFrom, constructObject } from './construct.js';
import { corrupt } from './corrupt.js';
import { elementWords } from './elements.js';
import { orderedEntries } from './entries.js';
import {
  ARRAY_SLOTS,
  FALSE_LO,
  hiOf,
  isTagged,
  NULL_LO,
  OBJECT_SLOTS,
  TAGGED,
  TAGGED_SHIFT,
  Tag,
  TRUE_LO,
  tagOf,
} from './layout.js';
import { SHARED_LEAF_MAX } from './leaf-cache.js';
import { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';
import type { Shape } from './shape.js';
import { readInline, readString, sliceLatin1, sliceUtf16 } from './strings.js';

const EMPTY_ARRAY: readonly unknown[] = Object.freeze([]);

/** Returns the value of a slot: plain data, frozen in depth. O(size of the subtree). @throws `ERR_REGION_CORRUPT` */
export function materialize(reader: Reader, lo: number, hi: number): unknown {
  if (isTagged(hi)) {
    const tag = tagOf(hi);
    if (tag === Tag.OBJECT || tag === Tag.LARGE_OBJECT || tag === Tag.ARRAY || tag === Tag.LARGE_ARRAY) {
      return new Materialization(reader).run(lo, tag);
    }
  }
  return readScalar(reader, lo, hi);
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** Returns the value of a slot that is no container. O(1), strings O(length). @throws `ERR_REGION_CORRUPT` */
export function readScalar(reader: Reader, lo: number, hi: number): unknown {
  if (!isTagged(hi)) {
    scratchWords[0] = lo;
    scratchWords[1] = hi;
    if (!Number.isFinite(scratch[0])) throw corrupt('a number is not finite');
    return scratch[0];
  }
  const tag = tagOf(hi);
  if (tag === Tag.INTEGER) return lo;
  if (tag === Tag.CONSTANT) return constantOf(lo);
  return readString(reader.segment, lo, hi);
}

function constantOf(lo: number): null | boolean {
  if (lo === TRUE_LO) return true;
  if (lo === FALSE_LO) return false;
  if (lo === NULL_LO) return null;
  throw corrupt('a constant is unknown');
}

const PIECE_SHIFT = 16;
const PIECE_BYTES = 1 << PIECE_SHIFT;
const SINGLE_READS_PER_PIECE = 6;
const LEAF_PLACES = 8192;
/** Stands in until a value is large enough for a table of leaves to pay. */
const NO_LEAVES = emptyLeaves();
const CONTAINERS_BEFORE_LEAVES = 64;

/** A container whose values are being gathered. */
interface Frame {
  /** The next slot: its word, or its place in `words`. */
  next: number;
  end: number;
  /** The slots of a large container, which do not lie side by side. */
  words: Int32Array | undefined;
  /** Where in `values` its values begin. */
  base: number;
  /** What to make of them: an object of a shape, an object of these keys, or an array. */
  shape: Shape | undefined;
  keys: readonly string[] | undefined;
  /** Children lie before this unit. */
  unit: number;
  /** No child is a container. */
  leaf: boolean;
}

class Materialization {
  readonly #reader: Reader;
  readonly #values: unknown[] = [];
  readonly #frames: Frame[] = [];
  readonly #latin1Pieces: (string | number | undefined)[] = [];
  readonly #utf16Pieces: (string | number | undefined)[] = [];
  /** Leaves made lately, by the low bits of their unit: places that share a node get one object. */
  #leafUnits = NO_LEAVES;
  #containers = 0;
  readonly #leafValues: unknown[] = [];
  readonly #longStrings: LongStrings;
  /** Slots that a document of this many bytes can have: a graph that repeats subtrees without end runs out of it. */
  #budget: number;

  constructor(reader: Reader) {
    this.#reader = reader;
    this.#longStrings = new LongStrings(reader.segment);
    this.#budget = (reader.segment.limit >>> 3) * (SHARED_LEAF_MAX + 1);
  }

  run(lo: number, tag: number): unknown {
    const { i32, f64 } = this.#reader.segment;
    const values = this.#values;
    const frames = this.#frames;
    let top = 0;
    let depth = 0;
    let frame = this.#open(frames, depth, lo, tag, this.#reader.end, top);
    let { next, end, words } = frame;
    for (;;) {
      while (next < end) {
        const word = words === undefined ? next : words[next];
        next += words === undefined ? 2 : 1;
        const hi = i32[word + 1];
        if (hi >>> TAGGED_SHIFT !== TAGGED) {
          const number = f64[word >> 1];
          if (hi >>> TAGGED_SHIFT === 0x7ff) throw corrupt('a number is not finite');
          values[top++] = number;
          continue;
        }
        const slotTag = (hi >>> 16) & 15;
        switch (slotTag) {
          case Tag.INTEGER:
            values[top++] = i32[word];
            break;
          case Tag.LATIN1:
            values[top++] = this.#latin1(i32[word] >>> 0, hi & 0xffff);
            break;
          case Tag.OBJECT:
          case Tag.ARRAY: {
            const unit = i32[word];
            const place = unit & (LEAF_PLACES - 1);
            if (this.#leafUnits[place] === unit) {
              values[top++] = this.#leafValues[place];
              frame.leaf = false;
              break;
            }
            frame.next = next;
            frame.leaf = false;
            frame = this.#open(frames, ++depth, unit, slotTag, frame.unit, top);
            ({ next, end, words } = frame);
            break;
          }
          case Tag.LARGE_OBJECT:
          case Tag.LARGE_ARRAY:
            frame.next = next;
            frame.leaf = false;
            frame = this.#open(frames, ++depth, i32[word], slotTag, frame.unit, top);
            ({ next, end, words } = frame);
            break;
          case Tag.CONSTANT:
            values[top++] = constantOf(i32[word]);
            break;
          case Tag.UTF16:
            values[top++] = this.#utf16(i32[word] >>> 0, hi & 0xffff);
            break;
          case Tag.LONG_STRING:
            values[top++] = this.#longStrings.read(i32[word], hi);
            break;
          default:
            values[top++] = readInline(i32[word], hi);
        }
      }
      const value = close(frame, values, top);
      if (depth === 0) return value;
      if (frame.leaf && words === undefined && top - frame.base <= SHARED_LEAF_MAX) {
        const place = frame.unit & (LEAF_PLACES - 1);
        if (this.#leafUnits !== NO_LEAVES) {
          this.#leafUnits[place] = frame.unit;
          this.#leafValues[place] = value;
        }
      }
      top = frame.base;
      values[top++] = value;
      frame = frames[--depth];
      ({ next, end, words } = frame);
    }
  }

  #open(frames: Frame[], depth: number, unit: number, tag: number, before: number, base: number): Frame {
    let frame = frames[depth];
    if (frame === undefined) {
      frame = { next: 0, end: 0, words: undefined, base: 0, shape: undefined, keys: undefined, unit: 0, leaf: true };
      frames.push(frame);
    }
    const count = this.#aim(frame, unit, tag, before);
    frame.base = base;
    frame.unit = unit;
    frame.leaf = true;
    if (++this.#containers === CONTAINERS_BEFORE_LEAVES) this.#leafUnits = emptyLeaves();
    this.#budget -= count + 1;
    if (this.#budget < 0) throw corrupt('subtrees are shared');
    return frame;
  }

  /** Points `frame` at the slots of the container at `unit`; returns how many they are. */
  #aim(frame: Frame, unit: number, tag: number, before: number): number {
    const reader = this.#reader;
    frame.words = undefined;
    frame.shape = undefined;
    frame.keys = undefined;
    let count: number;
    if (tag === Tag.OBJECT) {
      frame.shape = reader.shapeOf(unit, before);
      count = frame.shape.keys.length;
      frame.next = unit * 2 + OBJECT_SLOTS;
      frame.end = frame.next + count * 2;
    } else if (tag === Tag.ARRAY) {
      count = reader.elementsOf(unit, before);
      frame.next = unit * 2 + ARRAY_SLOTS;
      frame.end = frame.next + count * 2;
    } else {
      if (tag === Tag.LARGE_OBJECT) {
        const entries = orderedEntries(reader, unit, before, this.#longStrings);
        frame.keys = entries.keys;
        frame.words = entries.words;
      } else {
        frame.words = elementWords(reader, unit, tag, before);
      }
      count = frame.words.length;
      frame.next = 0;
      frame.end = count;
    }
    return count;
  }

  #latin1(start: number, length: number): string {
    const piece = this.#latin1Pieces[start >>> PIECE_SHIFT];
    const offset = start & (PIECE_BYTES - 1);
    if (typeof piece === 'string' && offset + length <= piece.length) return piece.substring(offset, offset + length);
    return this.#firstOfPiece(this.#latin1Pieces, start, length, Tag.LATIN1);
  }

  #utf16(start: number, length: number): string {
    const piece = this.#utf16Pieces[start >>> PIECE_SHIFT];
    const offset = (start & (PIECE_BYTES - 1)) >>> 1;
    if (typeof piece === 'string' && offset + length <= piece.length) return piece.substring(offset, offset + length);
    return this.#firstOfPiece(this.#utf16Pieces, start, length, Tag.UTF16);
  }

  /** Makes a string alone, and counts; makes the piece a string when the count shows that it is worth it. */
  #firstOfPiece(pieces: (string | number | undefined)[], start: number, length: number, tag: number): string {
    const { segment } = this.#reader;
    const index = start >>> PIECE_SHIFT;
    const reads = pieces[index] ?? 0;
    if (typeof reads === 'number') {
      pieces[index] = reads + 1;
      if (reads === SINGLE_READS_PER_PIECE) {
        const from = (index << PIECE_SHIFT) >>> 0;
        const to = Math.min(from + PIECE_BYTES, segment.limit);
        pieces[index] = (tag === Tag.LATIN1 ? sliceLatin1 : sliceUtf16)(segment.bytes, from, to);
      }
    }
    return this.#longStrings.read(start | 0, hiOf(tag, length));
  }
}

/** A table of leaves with nothing in it: not even unit 0, which no leaf has, at place 0. */
function emptyLeaves(): Int32Array {
  const units = new Int32Array(LEAF_PLACES);
  units[0] = -1;
  return units;
}

function close(frame: Frame, values: unknown[], top: number): unknown {
  if (frame.shape !== undefined) return constructObject(frame.shape, values, frame.base);
  if (frame.keys !== undefined) return constructFrom(frame.keys, values, frame.base);
  return top === frame.base ? EMPTY_ARRAY : Object.freeze(values.slice(frame.base, top));
}
