/** A sound document is never refused, however much of it is shared: the counts of a traversal are compared with real documents of much sharing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces } from '../../src/follower/json-stream.js';
import type { Snapshot } from '../../src/follower/snapshot.js';
import { diff, equalRefs } from '../../src/format/compare/diff.js';
import { refresh } from '../../src/format/compare/refresh.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import { viewOf } from '../../src/format/read/view.js';
import { verify } from '../../src/format/verify/verify.js';
import { Copier } from '../../src/format/write/copy.js';
import { bytesOf } from '../../src/format/write/measure.js';
import { reconcile } from '../../src/format/write/reconcile.js';
import { Writer } from '../../src/format/write/writer.js';
import { casesOf } from '../effort.js';
import { applyPatch } from '../unit/master/reference.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { written } from '../unit/written.js';

const words = fc.constantFrom('', 'a', 'name', 'a longer text of some', 'λ', 'x'.repeat(64), 'y'.repeat(300));
const scalars = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), words, fc.constant(null));
/** A leaf of any width around the widest that may be shared. */
const leaves = fc.oneof(
  fc.array(scalars, { maxLength: 18 }),
  fc
    .integer({ min: 0, max: 18 })
    .map((keys) => Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i % 3]))),
);
/** A few leaves, and where they stand: wide, deep, in large objects and in arrays of them. */
const documents = fc
  .record({
    leaves: fc.array(leaves, { minLength: 1, maxLength: 6 }),
    width: fc.constantFrom(1, 3, 16, 17, 64, 65, 200, 700, 2000),
    depth: fc.constantFrom(0, 1, 5, 120, 1500),
    form: fc.constantFrom('array', 'object', 'rows'),
    step: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ leaves, width, depth, form, step }) => {
    const items = Array.from({ length: width }, (_, i) => leaves[(i * step) % leaves.length]);
    let document: unknown = items;
    if (form === 'object') document = Object.fromEntries(items.map((item, i) => [`key ${i}`, item]));
    if (form === 'rows')
      document = items.map((item, i) => (i % 2 === 0 ? { item, same: item, list: [item, item] } : item));
    for (let level = 0; level < depth; level++) document = [leaves[0], document];
    return document;
  });

it('of documents full of equal leaves', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const { writer, ...from } = written(before);
      reconcile(writer, after as object, from.lo, from.hi);
      writer.finish();
      const to = { lo: writer.lo, hi: writer.hi };
      const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
      for (const segment of [writer.reader.segment, compacted(writer, to)]) {
        const reader = new Reader(segment);
        const { lo, hi } = segment === writer.reader.segment ? to : rootOf(segment);
        expect(verify(segment, lo, hi).problems).toEqual([]);
        expect(JSON.stringify(materialize(reader, lo, hi))).toBe(now);
        const view = viewOf(reader, lo, hi);
        for (let passes = 0; passes < 5; passes++) expect(JSON.stringify(view)).toBe(now);
        expect(bytesOf(reader, lo, hi)).toBeLessThanOrEqual(segment.limit * 20);
        expect(exported({ reader, lo, hi })).toBe(now);
        const [a, b] = [
          { reader: new Reader(writer.reader.segment), ...from },
          { reader, lo, hi },
        ];
        const value = materialize(a.reader, a.lo, a.hi);
        expect(JSON.stringify(refresh(a, value, b))).toBe(now);
        expect(JSON.stringify(applyPatch(JSON.parse(old), diff(a, b)))).toBe(now);
        expect(equalRefs(a, b)).toBe(old === now);
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? casesOf(25)) },
  );
});

const roots = new WeakMap<object, { lo: number; hi: number }>();

function rootOf(segment: object): { lo: number; hi: number } {
  return roots.get(segment) as { lo: number; hi: number };
}

function compacted(writer: Writer, { lo, hi }: { lo: number; hi: number }): MemorySegment {
  const segment = new MemorySegment({ number: 2, nodeIdBase: writer.reader.segment.limit / 8 });
  const copy = new Writer(segment);
  new Copier(writer.reader, copy).copy(lo, hi);
  copy.finish();
  roots.set(segment, { lo: copy.lo, hi: copy.hi });
  return segment;
}

function exported(ref: { reader: Reader; lo: number; hi: number }): string {
  let text = '';
  for (const piece of jsonPieces({ valueRef: () => ref } as unknown as Snapshot, [], 0)) text += piece.text;
  return text;
}
