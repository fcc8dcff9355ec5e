/** Keys of a container as candidates: few enough to be shown, whatever its width. */

import { Follower } from '../../follower/follower.js';
import { pointerOf, tokensOf } from '../../format/pointer.js';
import type { Where } from '../command.js';

/** More is no help to anybody, and a shell takes seconds to sort it. */
const SHOWN_MAX = 500;

/**
 * Returns the pointers that go on from `begun`: to the keys of the container that it leads to, and of the one that it names. Where they are
 * too many, what they begin with. O(width).
 */
export function pointersFrom(name: string, { dir, owner }: Where, begun: string): string[] {
  const parent = begun.slice(0, Math.max(0, begun.lastIndexOf('/')));
  const follower = Follower.open(name, { dir, owner });
  try {
    const within = (container: string) => follower.keys(tokensOf(container)).map((key) => container + pointerOf([key]));
    const pointers = within(parent).filter((pointer) => pointer.startsWith(begun));
    const found = pointers.includes(begun) ? pointers.concat(within(begun)) : pointers;
    return found.length > SHOWN_MAX ? beginnings(found) : found;
  } finally {
    follower.close();
  }
}

/** What `texts` have in common, and the next character of each: a shell that completes to what these have in common does not promise too much. */
function beginnings(texts: readonly string[]): string[] {
  let common = texts[0];
  for (const text of texts) {
    while (!text.startsWith(common)) common = common.slice(0, -1);
  }
  return [...new Set(texts.map((text) => text.slice(0, common.length + 1)))].slice(0, SHOWN_MAX);
}
