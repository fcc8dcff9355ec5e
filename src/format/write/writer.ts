/**
 * Appends nodes to a segment. Everything written stays invisible to followers until the region commits it, so a writer that throws half-way
 * leaves nothing behind but bytes that the next write overwrites.
 *
 * What a call made is told in two registers, `lo` and `hi`: the slot of the result, valid until the next call.
 */

import { JsonMmapError } from '../../errors.js';
import { headerOf, isContainer, isString, Kind, NODE_IDS_END, SHAPE_SLOTS, shapeBytes } from '../layout.js';
import { Reader } from '../read/reader.js';
import type { AppendableSegment } from '../segment.js';
import { LeafCache } from './leaf-cache.js';
import { bytesOf } from './measure.js';
import { type KeyPath, ShapeTable } from './shape-table.js';
import { StringWriter } from './string-writer.js';
import { WideShapes } from './wide-shapes.js';

export class Writer {
  readonly segment: AppendableSegment;
  readonly reader: Reader;
  readonly shapes: ShapeTable;
  readonly wideShapes = new WideShapes();
  readonly strings: StringWriter;
  readonly leaves = new LeafCache();
  /** About how many bytes of values were dropped from the document so far, all of which are garbage now. */
  droppedBytes = 0;
  /** The slot of the last result. */
  lo = 0;
  hi = 0;

  constructor(segment: AppendableSegment) {
    this.segment = segment;
    this.reader = new Reader(segment);
    this.shapes = new ShapeTable();
    this.strings = new StringWriter(this);
  }

  /** Reserves `sizeBytes`, a multiple of 8, and returns the word where they begin. @throws `ERR_NO_SPACE`, `ERR_TOO_LARGE` */
  allocate(sizeBytes: number): number {
    const { segment } = this;
    const at = segment.head;
    segment.reserve(sizeBytes);
    segment.head = at + sizeBytes;
    return at >>> 2;
  }

  /**
   * Reserves a node, writes its header with a new node id, and returns the word where it begins.
   * @throws as `allocate`; `ERR_TOO_LARGE` where the region has used up its node ids
   */
  node(kind: number, count: number, sizeBytes: number): number {
    const { segment } = this;
    const at = segment.head;
    segment.reserve(sizeBytes);
    segment.head = at + sizeBytes;
    const word = at >>> 2;
    const nodeId = segment.nodeIdBase + (at >>> 3);
    if (nodeId >= NODE_IDS_END) throw noNodeIdsLeft();
    const { i32 } = segment;
    i32[word] = nodeId;
    i32[word + 1] = (count << 20) | (kind << 16) | (nodeId / 2 ** 32);
    return word;
  }

  /**
   * Writes the node at `unit`, of `sizeBytes`, once more, with a new node id; returns the word where the copy begins. What is changed in it
   * then makes the new node. @throws as `node`
   */
  again(unit: number, sizeBytes: number): number {
    const from = unit * 2;
    const header = this.segment.i32[from + 1];
    const word = this.node((header >>> 16) & 15, header >>> 20, sizeBytes);
    this.segment.i32.copyWithin(word + 2, from + 2, from + (sizeBytes >>> 2));
    return word;
  }

  /** Writes the header of a node that keeps the node id it has elsewhere. */
  header(word: number, kind: number, count: number, nodeId: number): void {
    const { i32 } = this.segment;
    i32[word] = nodeId;
    i32[word + 1] = headerOf(kind, count, Math.floor(nodeId / 2 ** 32));
  }

  /** Notes that the value of a slot leaves the document. O(size of the value): as much as it once cost to write. */
  drop(lo: number, hi: number): void {
    if (isContainer(hi) || isString(hi)) this.droppedBytes += bytesOf(this.reader, lo, hi);
  }

  /** Sets the result. */
  result(lo: number, hi: number): void {
    this.lo = lo | 0;
    this.hi = hi | 0;
  }

  /** Returns the unit of the shape of `path`, whose keys stand in JSON's order; writes it if this writer does not know it yet. */
  shape(path: KeyPath): number {
    return path.unit >= 0 ? path.unit : this.#newShape(path);
  }

  #newShape(path: KeyPath): number {
    const slots = path.list().map((key) => {
      this.strings.write(key);
      return [this.lo, this.hi];
    });
    const word = this.allocate(shapeBytes(path.count));
    const { i32 } = this.segment;
    i32[word] = 0;
    i32[word + 1] = headerOf(Kind.SHAPE, path.count, 0);
    slots.forEach(([lo, hi], i) => {
      i32[word + SHAPE_SLOTS + i * 2] = lo;
      i32[word + SHAPE_SLOTS + i * 2 + 1] = hi;
    });
    this.shapes.add(path, word >>> 1);
    return word >>> 1;
  }

  /** Ends a write, before its result is committed: space that it has reserved and not used is given back. */
  finish(): void {
    this.strings.finish();
  }

  /** The result is committed: no rollback will reach what was written so far. */
  keep(): void {
    this.shapes.keep();
  }

  /** Where the next append goes: what `rollback` takes. */
  mark(): number {
    return this.segment.head;
  }

  /** Gives back everything appended since `mark`. */
  rollback(mark: number): void {
    if (this.segment.head === mark) return;
    this.segment.head = mark;
    this.#forgetFrom(mark);
  }

  /**
   * Forgets every shape and string at or above `byteOffset`: a failed write gives its bytes back, and what they held is not there any more.
   */
  #forgetFrom(byteOffset: number): void {
    this.shapes.forgetFrom(byteOffset >>> 3);
    this.wideShapes.forgetFrom(byteOffset >>> 3);
    this.reader.shapes.forgetFrom(byteOffset >>> 3);
    this.strings.forgetFrom(byteOffset);
    this.leaves.clear();
  }
}

/** One that came round again would make two different nodes look equal. */
function noNodeIdsLeft(): JsonMmapError {
  return new JsonMmapError('ERR_TOO_LARGE', 'the region has used up its 2^48 node numbers', {
    cure: 'remove it, and its master can create it again',
  });
}
