/** Equality as RFC 6902 has it for `test`: objects are equal whatever the order of their keys. */

import { isContainer } from '../layout.js';
import { type Children, childrenOf } from '../read/children.js';
import type { Reader } from '../read/reader.js';
import { sameSlot } from './same.js';

/** Whether the values of two slots of one segment are equal but for the order of keys. O(size), on an explicit stack; shared parts cost nothing. */
export function sameContent(reader: Reader, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  const { i32 } = reader.segment;
  const pairs = [aLo, aHi, bLo, bHi];
  while (pairs.length > 0) {
    const hiB = pairs.pop() as number;
    const loB = pairs.pop() as number;
    const hiA = pairs.pop() as number;
    const loA = pairs.pop() as number;
    if (sameSlot(reader, loA, hiA, reader, loB, hiB)) continue;
    if (!isContainer(hiA) || !isContainer(hiB)) return false;
    const [a, b] = [childrenOf(reader, loA, hiA), childrenOf(reader, loB, hiB)];
    const words = wordsInOrderOf(a, b);
    if (words === undefined) return false;
    words.forEach((wordB, i) => {
      const wordA = a.words[i];
      pairs.push(i32[wordA], i32[wordA + 1], i32[wordB], i32[wordB + 1]);
    });
  }
  return true;
}

/** The words of the children of `b` in the order of those of `a`; undefined where they have other keys, or are others in number. */
function wordsInOrderOf(a: Children, b: Children): readonly number[] | undefined {
  if (a.words.length !== b.words.length || (a.keys === undefined) !== (b.keys === undefined)) return undefined;
  const [keysA, keysB] = [a.keys ?? [], b.keys ?? []];
  if (keysA.every((key, i) => key === keysB[i])) return Array.from(b.words);
  const wordOf = new Map(keysB.map((key, i) => [key, b.words[i]]));
  const words = keysA.map((key) => wordOf.get(key) ?? -1);
  return words.includes(-1) ? undefined : words;
}
