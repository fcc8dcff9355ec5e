/** The values of a document as the lines of a tree: a few of each container, down to a depth. */
import type { ValueRef } from '../../../format/compare/value-ref.js';
import { isContainer } from '../../../format/layout.js';
import { childrenOf } from '../../../format/read/children.js';

export interface Extent {
  /** Levels below the root. */
  readonly depth: number;
  /** Entries of each container. */
  readonly limit: number;
}

/** One line: a value, or how many more its parent has. */
export interface Branch {
  /** 0 for the root. */
  readonly level: number;
  /** Whether it is the last of its parent. */
  readonly isLast: boolean;
  readonly key: string;
  /** Undefined where `more` entries are left out. */
  readonly ref: ValueRef | undefined;
  readonly more: number;
}

/** A container whose children are being visited. */
interface Open {
  readonly refs: readonly { readonly key: string; readonly ref: ValueRef }[];
  readonly more: number;
  next: number;
}

/** Yields a value and what is in it, in the order of the document. O(entries of each container that is opened), on a stack of its own. */
export function* branchesOf(root: ValueRef, extent: Extent): Generator<Branch> {
  yield { level: 0, isLast: true, key: '', ref: root, more: 0 };
  const open = [opened(root, extent, 0)];
  for (let innermost = open.at(-1); innermost !== undefined; innermost = open.at(-1)) {
    const { refs, more } = innermost;
    const level = open.length;
    if (innermost.next === refs.length) {
      if (more > 0) yield { level, isLast: true, key: '', ref: undefined, more };
      open.pop();
      continue;
    }
    const { key, ref } = refs[innermost.next++];
    yield { level, isLast: innermost.next === refs.length && more === 0, key, ref, more: 0 };
    open.push(opened(ref, extent, level));
  }
}

function opened({ reader, lo, hi }: ValueRef, { depth, limit }: Extent, level: number): Open {
  if (level >= depth || !isContainer(hi)) return { refs: [], more: 0, next: 0 };
  const { keys, words } = childrenOf(reader, lo, hi);
  const { i32 } = reader.segment;
  const refs = Array.from({ length: Math.min(words.length, limit) }, (_, i) => ({
    key: keys?.[i] ?? String(i),
    ref: { reader, lo: i32[words[i]], hi: i32[words[i] + 1] },
  }));
  return { refs, more: words.length - refs.length, next: 0 };
}
