/**
 * Whether node ids name content: two nodes of one node id must be copies of each other. Nodes that were written where they lie have a node id of their
 * own; only what compaction or a copy within the document brought along can share one.
 */
import { StringComparison } from '../compare/strings.js';
import {
  ARRAY_SLOTS,
  BRANCH_CHILDREN,
  BUCKET_HASHES,
  countOf,
  INDEX_CHILDREN,
  isContainer,
  isString,
  Kind,
  kindOf,
  OBJECT_SLOTS,
  WIDE_KEYS,
  WIDE_VALUES,
} from '../layout.js';
import type { Reader } from '../read/reader.js';
import type { Problems } from './problems.js';

/** Checks the node ids of the nodes at `units`. O(n log n). */
export function verifyNodeIds(reader: Reader, units: Uint32Array, problems: Problems): void {
  const { nodeIdBase, i32 } = reader.segment;
  const withNodeId = units.filter((unit) => kindOf(i32[unit * 2 + 1]) !== Kind.SHAPE);
  for (const unit of withNodeId) {
    problems.expect(reader.nodeIdOf(unit) <= nodeIdBase + unit, unit, 'its node id lies in the future');
  }
  const repeated = repeatedOf(Float64Array.from(withNodeId, (unit) => reader.nodeIdOf(unit)).sort());
  if (repeated.length === 0) return;
  const first = new Map<number, number>();
  const strings = new StringComparison(reader.segment, reader.segment);
  for (const unit of withNodeId) {
    const nodeId = reader.nodeIdOf(unit);
    if (!isAmong(repeated, nodeId)) continue;
    const other = first.get(nodeId);
    if (other === undefined) first.set(nodeId, unit);
    else
      problems.expect(
        sameContent(reader, strings, unit, other),
        unit,
        'another node has its node id and other content',
      );
  }
}

/** The numbers that stand more than once in an ascending list, once each. */
function repeatedOf(sorted: Float64Array): Float64Array {
  return sorted.filter((nodeId, i) => nodeId === sorted[i - 1] && nodeId !== sorted[i - 2]);
}

function isAmong(sorted: Float64Array, nodeId: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < nodeId) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === nodeId;
}

/** Whether two nodes are equal up to where their parts lie. Their children are compared by node id: each pair of those is judged by itself. */
function sameContent(reader: Reader, strings: StringComparison, a: number, b: number): boolean {
  const { i32 } = reader.segment;
  const header = i32[a * 2 + 1];
  if (header >>> 16 !== i32[b * 2 + 1] >>> 16) return false;
  const count = countOf(header);
  const sameChild = (at: number) => sameNode(reader, i32[a * 2 + at], i32[b * 2 + at]);
  const sameWord = (at: number) => i32[a * 2 + at] === i32[b * 2 + at];
  const sameSlots = (from: number, slots: number) =>
    every(slots, (i) => sameSlot(reader, strings, a * 2 + from + i * 2, b * 2 + from + i * 2));
  switch (kindOf(header)) {
    case Kind.OBJECT:
      return sameKeys(reader, strings, a, b) && sameSlots(OBJECT_SLOTS, count);
    case Kind.ARRAY:
      return sameSlots(ARRAY_SLOTS, count);
    case Kind.ARRAY_INDEX:
      return every(count, (i) => sameChild(INDEX_CHILDREN + i * 2) && sameWord(INDEX_CHILDREN + i * 2 + 1));
    case Kind.OBJECT_ROOT:
      return sameWord(2) && sameWord(3) && sameChild(4);
    case Kind.WIDE_OBJECT:
      return sameChild(WIDE_KEYS) && sameChild(WIDE_VALUES);
    case Kind.BRANCH:
      return sameWord(2) && every(count, (i) => sameChild(BRANCH_CHILDREN + i));
    default:
      return every(count * 2, (i) => sameWord(BUCKET_HASHES + i)) && sameSlots(BUCKET_HASHES + count * 2, count * 2);
  }
}

function every(count: number, holds: (i: number) => boolean): boolean {
  for (let i = 0; i < count; i++) if (!holds(i)) return false;
  return true;
}

function sameKeys(reader: Reader, strings: StringComparison, a: number, b: number): boolean {
  const [shape, other] = [reader.shapeOf(a), reader.shapeOf(b)];
  if (shape === other) return true;
  const words = other.keyWords;
  return every(shape.keys.length, (i) => sameSlot(reader, strings, shape.keyWords[i], words[i]));
}

function sameNode(reader: Reader, a: number, b: number): boolean {
  return a === b || reader.nodeIdOf(a) === reader.nodeIdOf(b);
}

function sameSlot(reader: Reader, strings: StringComparison, a: number, b: number): boolean {
  const { segment } = reader;
  const [aLo, aHi, bLo, bHi] = [segment.i32[a], segment.i32[a + 1], segment.i32[b], segment.i32[b + 1]];
  if (aLo === bLo && aHi === bHi) return true;
  if (isContainer(aHi)) return aHi === bHi && sameNode(reader, aLo, bLo);
  return isString(aHi) && isString(bHi) && strings.same(segment, aLo, aHi, segment, bLo, bHi);
}
