/** Damaged trees in memory: a document at two versions in one segment, and at the second one also in a segment that a compaction made. */
import type { ValueRef } from '../../src/format/compare/value-ref.js';
import { Reader } from '../../src/format/read/reader.js';
import type { Segment } from '../../src/format/segment.js';
import { Copier } from '../../src/format/write/copy.js';
import { reconcile } from '../../src/format/write/reconcile.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { written } from '../unit/written.js';
import { anyOffset, anySlotHigh, damageNodes } from './damage.js';
import { largeDocuments, smallDocuments, type Versions } from './documents.js';
import type { Random } from './random.js';

/** A segment, and the root of a tree in it. */
export interface Tree {
  readonly segment: Segment;
  readonly lo: number;
  readonly hi: number;
}

/** A document at two versions. */
export interface TreePair {
  readonly before: Tree;
  readonly after: Tree;
}

/** Room behind the limit, filled with a pattern that no result may depend on. */
const BEYOND = 1024;

const small = smallDocuments.flatMap(pairsOf);
const large = largeDocuments.flatMap(pairsOf);

/** Each document within one segment, and over two. */
export const corpus: readonly TreePair[] = [...small, ...large];

/** Returns one of the `corpus`, seldom a large one. */
export function undamaged(random: Random): TreePair {
  return random.of(random.once(100) ? large : small);
}

/** Damages a copy of one of the `corpus`: the segment of the second version, and in some cases that of the first. */
export function damaged(random: Random): TreePair {
  const whole = undamaged(random);
  const after = damagedTree(random, whole.after);
  if (whole.before.segment === whole.after.segment)
    return { before: { ...whole.before, segment: after.segment }, after };
  return { before: random.once(4) ? damagedTree(random, whole.before) : whole.before, after };
}

/** Fills what lies behind the limit. */
export function poison({ segment }: Tree, pattern: number): void {
  segment.bytes.fill(pattern, segment.limit);
}

/** The root of a tree, in a reader of its own. */
export function refOf({ segment, lo, hi }: Tree): ValueRef {
  return { reader: new Reader(segment), lo, hi };
}

function pairsOf({ before, after }: Versions): TreePair[] {
  const { segment, writer, ...first } = written(before);
  reconcile(writer, after as object, first.lo, first.hi);
  writer.finish();
  const second = { lo: writer.lo, hi: writer.hi };
  const fresh = new MemorySegment({ number: 2, nodeIdBase: segment.head / 8 });
  const copy = new Writer(fresh);
  new Copier(writer.reader, copy).copy(second.lo, second.hi);
  copy.finish();
  const both = segmentOf(segment, segment.limit);
  const moved = { segment: segmentOf(fresh, fresh.limit), lo: copy.lo, hi: copy.hi };
  return [
    { before: { segment: both, ...first }, after: { segment: both, ...second } },
    { before: { segment: both, ...first }, after: moved },
  ];
}

function damagedTree(random: Random, { segment: whole, lo, hi }: Tree): Tree {
  const units = whole.limit / 8;
  const segment = scratchOf(whole, random.once(10) ? truncated(random, whole.limit) : whole.limit);
  damageNodes(random, segment.i32, units);
  return random.once(10) ? { segment, lo: anyOffset(random, units), hi: anySlotHigh(random) } : { segment, lo, hi };
}

const scratches = new Map<Segment, Segment>();

/** The same memory for every case that damages this segment: making it anew would cost more than reading it. */
function scratchOf(whole: Segment, limit: number): Segment {
  const scratch = scratches.get(whole) ?? segmentOf(whole, limit);
  scratches.set(whole, scratch);
  scratch.bytes.set(whole.bytes.subarray(0, whole.limit));
  return { ...scratch, limit };
}

function truncated(random: Random, length: number): number {
  const limit = random.below(length + 1);
  return random.once(4) ? limit : limit & ~7;
}

/** A copy of the bytes below the limit of `whole`, with a limit of its own. */
function segmentOf({ number, nodeIdBase, hashSeed, bytes, limit: length }: Segment, limit: number): Segment {
  const buffer = new ArrayBuffer(length + BEYOND);
  new Uint8Array(buffer).set(bytes.subarray(0, length));
  const views = { i32: new Int32Array(buffer), f64: new Float64Array(buffer), bytes: Buffer.from(buffer) };
  return { number, nodeIdBase, hashSeed, limit, ...views };
}
