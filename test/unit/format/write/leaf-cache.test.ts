import { describe, expect, it } from 'vitest';
import { ARRAY_SLOTS, Kind } from '../../../../src/format/layout.js';
import { writeLeaf } from '../../../../src/format/write/array-write.js';
import { LeafCache } from '../../../../src/format/write/leaf-cache.js';
import { newWriter, slotsOf } from './kit.js';

/** A cache, the node of `values` that was added to it, and how to look for others. */
function added(values: readonly unknown[]) {
  const writer = newWriter();
  const cache = new LeafCache();
  const find = (words: Int32Array, { base = 0, count = words.length / 2, kind = Kind.ARRAY as number } = {}) =>
    cache.find(writer.segment, (count << 4) | kind, 0, words, base, count, ARRAY_SLOTS);
  const words = slotsOf(writer, values);
  const before = find(words);
  const unit = writeLeaf(writer, words, 0, values.length);
  cache.add(unit);
  return { writer, cache, find, words, before, unit };
}

describe('LeafCache', () => {
  it.each([[[]], [[1]], [[1, 'seven characters', null, 0.5]]])('finds an equal node: %j', (values) => {
    const { find, words, before, unit } = added(values);
    expect(before).toBe(0);
    expect(find(words)).toBe(unit);
  });

  it('finds it by slots anywhere in the words', () => {
    const { writer, find, unit } = added([1, 2]);
    expect(find(slotsOf(writer, [9, 1, 2, 9]), { base: 2, count: 2 })).toBe(unit);
  });

  it('finds no node of other slots, of another count or kind', () => {
    const { writer, find, words } = added([1, 2]);
    expect(find(slotsOf(writer, [1, 3]))).toBe(0);
    expect(find(slotsOf(writer, [1]))).toBe(0);
    expect(find(words, { kind: Kind.OBJECT })).toBe(0);
  });

  it('compares the node itself, not its hash alone', () => {
    const { writer, find, words, unit } = added([1, 2]);
    writer.segment.i32[unit * 2 + ARRAY_SLOTS]++;
    expect(find(words)).toBe(0);
  });

  it('neither finds nor adds a node with a container in it', () => {
    const { writer, cache, find, unit } = added([1]);
    const words = slotsOf(writer, [[]]);
    expect(find(words)).toBe(0);
    cache.add(unit);
    expect(find(words)).toBe(0);
  });

  it('knows nothing when it was cleared', () => {
    const { cache, find, words } = added([1]);
    cache.clear();
    expect(find(words)).toBe(0);
  });
});
