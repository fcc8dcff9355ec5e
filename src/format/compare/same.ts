/** Equality of subtrees: at a glance where nodes are shared, in full where they are not. */

import { isContainer, isString } from '../layout.js';
import { type Children, childrenOf } from '../read/children.js';
import type { Reader } from '../read/reader.js';
import { sameString } from '../read/strings.js';
import type { StringComparison } from './strings.js';

/**
 * Whether two slots are known to hold the same value: true is certain, false for containers means "look inside". O(1), strings of different
 * offsets O(length), or what `strings` makes of it. Within a segment equal offsets, across the segments of a region equal node ids, mean
 * equal subtrees.
 */
export function sameSlot(
  a: Reader,
  aLo: number,
  aHi: number,
  b: Reader,
  bLo: number,
  bHi: number,
  strings?: StringComparison,
): boolean {
  const container = isContainer(aHi);
  if (!container && !isString(aHi)) return aLo === bLo && aHi === bHi;
  if (a.segment === b.segment && aLo === bLo && aHi === bHi) return true;
  if (container) {
    return a.segment !== b.segment && aHi === bHi && sameNodeId(a, aLo, b, bLo);
  }
  if (!isString(bHi)) return false;
  return strings === undefined
    ? sameString(a.segment, aLo, aHi, b.segment, bLo, bHi)
    : strings.same(a.segment, aLo, aHi, b.segment, bLo, bHi);
}

/** Whether the nodes at two units have the same content: O(1), false where only a look inside can tell. */
export function sameNode(a: Reader, aUnit: number, b: Reader, bUnit: number): boolean {
  return a.segment === b.segment ? aUnit === bUnit : sameNodeId(a, aUnit, b, bUnit);
}

/** A region that was removed and created again begins with the same node ids; it draws another seed. */
function sameNodeId(a: Reader, aUnit: number, b: Reader, bUnit: number): boolean {
  return a.segment.hashSeed === b.segment.hashSeed && a.nodeIdOf(aUnit) === b.nodeIdOf(bUnit);
}

/** Whether two slots hold equal values, in full and with the order of keys. O(size), on an explicit stack; shared parts cost nothing. */
export function equalValues(a: Reader, aLo: number, aHi: number, b: Reader, bLo: number, bHi: number): boolean {
  const pairs = [aLo, aHi, bLo, bHi];
  while (pairs.length > 0) {
    const [loA, hiA, loB, hiB] = pairs.splice(-4);
    if (sameSlot(a, loA, hiA, b, loB, hiB)) continue;
    if (!isContainer(hiA) || !isContainer(hiB)) return false;
    const left = childrenOf(a, loA, hiA);
    const right = childrenOf(b, loB, hiB);
    if (!sameKeys(left, right)) return false;
    for (let i = 0; i < left.words.length; i++) {
      const [wordA, wordB] = [left.words[i], right.words[i]];
      pairs.push(a.segment.i32[wordA], a.segment.i32[wordA + 1], b.segment.i32[wordB], b.segment.i32[wordB + 1]);
    }
  }
  return true;
}

function sameKeys(a: Children, b: Children): boolean {
  if (a.words.length !== b.words.length || (a.keys === undefined) !== (b.keys === undefined)) return false;
  return a.keys === undefined || a.keys.every((key, i) => key === b.keys?.[i]);
}
