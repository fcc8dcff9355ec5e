/** A tree for a machine. */
import { isContainer } from '../../../format/layout.js';
import { readScalar } from '../../../format/read/scalar.js';
import { kindOf, type ValueKind } from '../../output/kinds.js';
import type { Branch } from './branches.js';

export interface TreeNode {
  /** The key or index in its parent; the root has none. */
  readonly key?: string;
  readonly type: ValueKind;
  /** Of a scalar. */
  readonly value?: unknown;
  /** How many keys or elements a container has. */
  readonly size?: number;
  /** Those that the tree shows. */
  readonly children?: TreeNode[];
}

/** Returns the root of the tree that `branches` make. */
export function treeOf(branches: Iterable<Branch>): TreeNode | undefined {
  /** The last node of each level. */
  const last: TreeNode[] = [];
  for (const { level, key, ref } of branches) {
    if (ref === undefined) continue; // the size says that there are more
    const { reader, lo, hi } = ref;
    const type = kindOf(reader, lo, hi);
    const content = isContainer(hi)
      ? { size: reader.sizeOf(lo, hi), children: [] }
      : { value: readScalar(reader, lo, hi) };
    const node: TreeNode = { ...(level > 0 && { key }), type, ...content };
    if (level > 0) last[level - 1].children?.push(node);
    last[level] = node;
  }
  return last[0];
}
