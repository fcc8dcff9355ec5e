/** What follows a change, and what makes one, over damaged trees: comparison of two versions, edits and copies. */
import { JsonMmapError } from '../../src/errors.js';
import { diff, equalRefs } from '../../src/format/compare/diff.js';
import { refresh } from '../../src/format/compare/refresh.js';
import { isContainer } from '../../src/format/layout.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Copier } from '../../src/format/write/copy.js';
import { addAt, deleteAt, setAt, takeAt } from '../../src/format/write/edit.js';
import { reconcile } from '../../src/format/write/reconcile.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from '../unit/memory-segment.js';
import type { Random } from './random.js';
import { attempt, described, probe, tokensToTry } from './reads.js';
import { refOf, type Tree, type TreePair } from './trees.js';

/**
 * Compares two versions in every way.
 * @throws whatever a comparison throws that is no `ERR_REGION_CORRUPT`, and where what it returns is no value of JSON
 */
export function compare({ before, after }: TreePair): string {
  const [from, to] = [refOf(before), refOf(after)];
  return [
    attempt(() => described(refresh(from, materialize(from.reader, from.lo, from.hi), to), true)),
    attempt(() => described(diff(from, to), false)),
    attempt(() => described(diff(to, from), false)),
    attempt(() => String(equalRefs(from, to))),
  ].join('\n');
}

/**
 * Edits a tree as a master does that has taken over what it found, and reads what came of it in every way.
 * @throws whatever an edit throws that is not one of its codes
 */
export function edit(random: Random, tree: Tree, value: object): void {
  const segment = appendable(tree);
  const writer = new Writer(segment);
  let { lo, hi } = tree;
  for (let left = 1 + random.below(3); left > 0; left--) {
    const mark = writer.mark();
    const done = accepted(() => random.of(edits)(random, writer, { lo, hi }, value));
    if (done) ({ lo, hi } = writer);
    else writer.rollback(mark);
  }
  writer.finish();
  probe({ segment, lo, hi });
  const fresh = new MemorySegment({ number: segment.number + 1, nodeIdBase: segment.nodeIdBase + segment.head / 8 });
  const copy = new Writer(fresh);
  if (!accepted(() => new Copier(writer.reader, copy).copy(lo, hi))) return;
  copy.finish();
  probe({ segment: fresh, lo: copy.lo, hi: copy.hi });
}

type Slot = { lo: number; hi: number };

const edits: readonly ((random: Random, writer: Writer, root: Slot, value: object) => void)[] = [
  (random, writer, root, value) => setAt(writer, root, somewhere(random, writer, root), value),
  (random, writer, root) => deleteAt(writer, root, somewhere(random, writer, root)),
  (random, writer, root) => addAt(writer, root, somewhere(random, writer, root), root),
  (random, writer, root) => {
    const taken = takeAt(writer, root, somewhere(random, writer, root));
    writer.drop(taken.lo, taken.hi);
  },
  (_, writer, { lo, hi }, value) => reconcile(writer, value, lo, hi),
  (_, writer, { lo, hi }) => new Copier(writer.reader, writer).copy(lo, hi),
];

/** A path of one token or more that leads down from the root for as long as there is a way, and now and then one step further. */
function somewhere(random: Random, { reader }: Writer, root: Slot): string[] {
  const path: string[] = [];
  let { lo, hi } = root;
  for (let left = random.below(5); left >= 0; left--) {
    const token = isContainer(hi) ? random.of(tokensToTry(reader, lo, hi)) : 'beyond';
    path.push(token);
    const word = reader.child(lo, hi, token);
    if (word < 0) break;
    [lo, hi] = [reader.segment.i32[word], reader.segment.i32[word + 1]];
  }
  return path;
}

const REFUSALS = ['ERR_REGION_CORRUPT', 'ERR_PATH_NOT_FOUND'];

function accepted(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (error instanceof JsonMmapError && REFUSALS.includes(error.code)) return false;
    throw error;
  }
}

function appendable({ segment }: Tree): MemorySegment {
  const copy = new MemorySegment({
    number: segment.number,
    nodeIdBase: segment.nodeIdBase,
    capacity: (segment.limit + 4096) & ~7,
  });
  copy.bytes.set(segment.bytes.subarray(0, segment.limit & ~7));
  copy.head = segment.limit & ~7;
  return copy;
}
