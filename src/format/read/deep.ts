/** The containers of a subtree, found without recursion: for values that are nested deeper than the machine's stack allows. */
import { hiOf, isContainer, tagOf } from '../layout.js';
import { LookingBudget } from './budget.js';
import { childrenOf } from './children.js';
import type { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';

/**
 * Returns unit and tag of each container in the subtree of the one at `unit`, in the order of units: children before parents. O(slots).
 * @throws `ERR_REGION_CORRUPT`
 */
export function containersBelow(
  reader: Reader,
  unit: number,
  tag: number,
  longStrings: LongStrings,
): [unit: number, tag: number][] {
  const { i32 } = reader.segment;
  const tags = new Map([[unit, tag]]);
  const open = [unit];
  const budget = new LookingBudget(reader.end, 1);
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    const { words } = childrenOf(reader, parent, hiOf(tags.get(parent) as number), longStrings);
    budget.spend(words.length, false);
    for (const word of words) {
      const child = i32[word];
      if (!isContainer(i32[word + 1]) || tags.has(child)) continue;
      tags.set(child, tagOf(i32[word + 1]));
      open.push(child);
    }
  }
  return [...tags].sort(([a], [b]) => a - b);
}
