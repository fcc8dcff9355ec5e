/** How heavy the children of a container are, measured in short turns. */
import type { Place } from '../../format/compare/place.js';
import { isContainer, isString } from '../../format/layout.js';
import { childrenOf } from '../../format/read/children.js';
import { readScalar } from '../../format/read/materialize.js';
import type { Reader } from '../../format/read/reader.js';
import { type Preview, previewOf } from './preview.js';
import { Turns } from './turns.js';

export interface Weight extends Preview {
  readonly key: string;
  /** Characters of its JSON text without spaces; a character that JSON escapes counts once. */
  readonly jsonLength: number;
  /** Values in it, itself included. */
  readonly values: number;
}

export interface Weights {
  readonly jsonLength: number;
  readonly values: number;
  /** The heaviest, heaviest first. */
  readonly heaviest: readonly Weight[];
}

/** Measures the value at `place` and its children. O(value) in turns of a few milliseconds. @throws the reason of the signal, `ERR_REGION_CORRUPT` */
export async function weigh({ reader, lo, hi }: Place, most: number, signal: AbortSignal): Promise<Weights> {
  const turns = new Turns(signal);
  if (!isContainer(hi)) return { jsonLength: lengthOf(reader, lo, hi), values: 1, heaviest: [] };
  const { keys, words } = childrenOf(reader, lo, hi);
  const { i32 } = reader.segment;
  let [jsonLength, values] = [2 + Math.max(0, words.length - 1), 1];
  let heaviest: Weight[] = [];
  for (let i = 0; i < words.length; i++) {
    const [childLo, childHi] = [i32[words[i]], i32[words[i] + 1]];
    const total = await weightOf(reader, childLo, childHi, turns);
    jsonLength += total.jsonLength + (keys === undefined ? 0 : keys[i].length + 3);
    values += total.values;
    heaviest.push({ key: keys?.[i] ?? String(i), ...total, ...previewOf(reader, childLo, childHi) });
    if (heaviest.length > 2 * most) heaviest = heaviestOf(heaviest, most);
  }
  return { jsonLength, values, heaviest: heaviestOf(heaviest, most) };
}

function heaviestOf(weights: Weight[], most: number): Weight[] {
  return weights.sort((a, b) => b.jsonLength - a.jsonLength).slice(0, most);
}

/** A stack of its own: depth costs heap, and the walk can rest anywhere. */
async function weightOf(
  reader: Reader,
  lo: number,
  hi: number,
  turns: Turns,
): Promise<{ jsonLength: number; values: number }> {
  const { i32 } = reader.segment;
  const stack = [lo, hi];
  let [jsonLength, values] = [0, 0];
  while (stack.length > 0) {
    const [slotHi, slotLo] = [stack.pop() as number, stack.pop() as number];
    values++;
    if (!isContainer(slotHi)) {
      jsonLength += lengthOf(reader, slotLo, slotHi);
    } else {
      const { keys, words } = childrenOf(reader, slotLo, slotHi);
      jsonLength += 2 + Math.max(0, words.length - 1);
      for (const key of keys ?? []) jsonLength += key.length + 3;
      for (const word of words) stack.push(i32[word], i32[word + 1]);
    }
    if (turns.isOver) await turns.next();
  }
  return { jsonLength, values };
}

function lengthOf(reader: Reader, lo: number, hi: number): number {
  if (isString(hi)) return (previewOf(reader, lo, hi).size ?? 0) + 2;
  return String(readScalar(reader, lo, hi)).length;
}
