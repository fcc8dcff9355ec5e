/** Search in all keys and values of a document, in short turns. */
import type { ValueRef } from '../../format/compare/value-ref.js';
import { isContainer } from '../../format/layout.js';
import { pointerOf } from '../../format/pointer.js';
import { type Children, childrenOf } from '../../format/read/children.js';
import { readScalar } from '../../format/read/materialize.js';
import type { SearchHit } from '../api.js';
import { previewOf } from './preview.js';
import { Turns } from './turns.js';

export interface SearchRequest {
  /** What a key or a scalar must contain, whatever the case. */
  readonly text: string;
  readonly most: number;
  readonly signal: AbortSignal;
}

/** A container whose children are being looked at. */
interface Level {
  readonly key: string;
  readonly children: Children;
  at: number;
}

/**
 * Yields what contains the text, in the order of the document, below `ref`. Costs O(document) in turns of a few milliseconds; memory O(depth and
 * width).
 * @throws the reason of the signal, `ERR_REGION_CORRUPT`
 */
export async function* search(
  ref: ValueRef,
  tokens: readonly string[],
  request: SearchRequest,
): AsyncGenerator<SearchHit> {
  const { reader } = ref;
  const { i32 } = reader.segment;
  const wanted = request.text.toLowerCase();
  const turns = new Turns(request.signal);
  if (!isContainer(ref.hi)) return;
  const levels: Level[] = [{ key: '', children: childrenOf(reader, ref.lo, ref.hi), at: 0 }];
  let left = request.most;
  while (levels.length > 0 && left > 0) {
    const level = levels[levels.length - 1];
    if (level.at === level.children.words.length) {
      levels.pop();
      continue;
    }
    const position = level.at++;
    const word = level.children.words[position];
    const [lo, hi] = [i32[word], i32[word + 1]];
    const key = level.children.keys?.[position];
    const found = whatContains(key, isContainer(hi) ? undefined : readScalar(reader, lo, hi), wanted);
    const step = key ?? String(position);
    if (found !== undefined) {
      left--;
      yield { path: pathOf(tokens, levels, step), found, ...previewOf(reader, lo, hi) };
    }
    if (isContainer(hi)) levels.push({ key: step, children: childrenOf(reader, lo, hi), at: 0 });
    if (turns.isOver) await turns.next();
  }
}

function whatContains(key: string | undefined, scalar: unknown, wanted: string): SearchHit['found'] | undefined {
  if (key?.toLowerCase().includes(wanted)) return 'key';
  if (scalar === undefined) return undefined;
  return String(scalar).toLowerCase().includes(wanted) ? 'value' : undefined;
}

function pathOf(tokens: readonly string[], [, ...levels]: readonly Level[], last: string): string {
  return pointerOf([...tokens, ...levels.map(({ key }) => key), last]);
}
