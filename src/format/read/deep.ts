/** The containers of a subtree, found without recursion: for values that are nested deeper than the machine's stack allows. */

import { corrupt } from '../corrupt.js';
import { hiOf, isContainer, tagOf } from '../layout.js';
import { childrenOf } from './children.js';
import type { Reader } from './reader.js';

/**
 * Returns unit and tag of each container in the subtree of the one at `unit`, in the order of units: children before parents. O(slots).
 * @param slotsMax More of them mean that bytes are named again and again.
 * @throws `ERR_REGION_CORRUPT`
 */
export function containersBelow(
  reader: Reader,
  unit: number,
  tag: number,
  slotsMax: number,
): [unit: number, tag: number][] {
  const { i32 } = reader.segment;
  const tags = new Map([[unit, tag]]);
  const open = [unit];
  let slotsLeft = slotsMax;
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    const { words } = childrenOf(reader, parent, hiOf(tags.get(parent) as number));
    slotsLeft -= words.length + 1;
    if (slotsLeft < 0) throw corrupt('subtrees are shared');
    for (const word of words) {
      const child = i32[word];
      if (!isContainer(i32[word + 1]) || tags.has(child)) continue;
      tags.set(child, tagOf(i32[word + 1]));
      open.push(child);
    }
  }
  return [...tags].sort(([a], [b]) => a - b);
}
