/** Keys of a container as candidates: few enough to be shown, whatever its width. */

import { Follower } from '../../follower/follower.js';
import { pointerOf, tokensOf } from '../../format/pointer.js';
import type { Where } from '../command.js';

/** More is no help to anybody, and a shell takes seconds to sort it. */
const SHOWN_MAX = 500;

/** Returns the pointers that go on from `begun`: to the keys of the container that it leads to, or to what they begin with where they are too many. O(width). */
export function pointersFrom(name: string, { dir, owner }: Where, begun: string): string[] {
  const parent = begun.slice(0, Math.max(0, begun.lastIndexOf('/')));
  const follower = Follower.open(name, { dir, owner });
  try {
    const keys = follower.keys(tokensOf(parent));
    const pointers = keys.map((key) => parent + pointerOf([key])).filter((pointer) => pointer.startsWith(begun));
    return pointers.length > SHOWN_MAX ? beginnings(pointers) : pointers;
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
