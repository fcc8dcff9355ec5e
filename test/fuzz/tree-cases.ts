/** One case of the fuzzing of trees: what a seed damages, and what is then done with it. */
import { compare, edit } from './changes.js';
import { smallDocuments } from './documents.js';
import { tryForged } from './forged.js';
import { guarded } from './guarded.js';
import { tryScribbled, tryUnsteady } from './meanwhile.js';
import { Random } from './random.js';
import { probe } from './reads.js';
import { damaged, poison, type TreePair } from './trees.js';

/** A case with a thread of its own takes as long as a thousand others. */
const SCRIBBLED_ONCE_IN = 2000;

/** @throws where damaged bytes lead to anything but a value or its code, or take more work than they justify */
export function tryTree(seed: number): void | Promise<void> {
  const random = new Random(seed);
  if (random.once(SCRIBBLED_ONCE_IN)) return tryScribbled(random);
  if (random.once(100)) return tryForged(random);
  if (random.once(20)) return tryUnsteady(random);
  const use = random.of(uses);
  use(random, damaged(random));
}

type Use = (random: Random, pair: TreePair) => void;

const followed: Use = (random, pair) => sameWhateverIsBeyond(random, pair, () => compare(pair));
const edited: Use = (random, { after }) => edit(random, after, random.of(smallDocuments).after as object);

/** Those that take ten times as long come less often. */
const uses: readonly Use[] = [
  read,
  read,
  read,
  read,
  read,
  read,
  read,
  followed,
  followed,
  followed,
  edited,
  readGuarded,
];

function read(random: Random, pair: TreePair): void {
  sameWhateverIsBeyond(random, pair, () => probe(pair.after));
}

/** What lies behind the limit decides nothing. */
function sameWhateverIsBeyond(random: Random, { after }: TreePair, look: () => string): void {
  poison(after, 0);
  const outcome = look();
  if (!random.once(4)) return;
  poison(after, 0xa5);
  if (look() !== outcome) throw new Error('what lies behind the limit was read');
}

/** Nothing behind the limit is touched. The root lies at the end: cut there, its header may be within the limit and the rest of it behind. */
function readGuarded(random: Random, { after: { segment, lo, hi } }: TreePair): void {
  const limit = Math.max(0, segment.limit - 8 * random.below(50));
  probe({ segment: guarded({ ...segment, limit }), lo, hi });
}
