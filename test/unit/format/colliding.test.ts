import { describe, expect, it } from 'vitest';
import { hashKey } from '../../../src/format/hash.js';
import { encode } from '../../../src/format/write/encode.js';
import { deleteEntry, setEntry } from '../../../src/format/write/object-edit.js';
import { Writer } from '../../../src/format/write/writer.js';
import { isFull } from '../../effort.js';
import { expectReads } from '../../property/agreement.js';
import { MemorySegment } from '../memory-segment.js';
import { collidingKeys } from './colliding.js';

const seed = 0x5eed;

function objectWith(keys: readonly string[]): Record<string, unknown> {
  const others = Array.from({ length: 65 }, (_, i) => `other ${i}`);
  return Object.fromEntries([...others, ...keys].map((key, i) => [key, i]));
}

describe('keys of one hash', () => {
  it('have one hash, in this region', () => {
    const keys = collidingKeys(20, seed);
    expect(new Set(keys).size).toBe(20);
    expect(new Set(keys.map((key) => hashKey(key, seed))).size).toBe(1);
    expect(new Set(keys.map((key) => hashKey(key, seed + 1))).size).toBeGreaterThan(15);
  });

  it.each([2, 16, 17, 100, ...(isFull ? [4095] : [])])('are stored and found, %i of them', (count) => {
    const writer = new Writer(new MemorySegment({ hashSeed: seed }));
    const object = objectWith(collidingKeys(count, seed));
    encode(writer, object);
    expectReads(writer, object);
  });

  it('are refused where a bucket cannot count them', () => {
    const writer = new Writer(new MemorySegment({ hashSeed: seed }));
    const object = objectWith(collidingKeys(4096, seed));
    expect(() => encode(writer, object)).toThrow(expect.objectContaining({ code: 'ERR_TOO_LARGE' }));
  });

  it('are added and removed one by one', () => {
    const writer = new Writer(new MemorySegment({ hashSeed: seed }));
    const object = objectWith([]);
    encode(writer, object);
    const keys = collidingKeys(40, seed);
    for (const [i, key] of keys.entries()) {
      const { lo, hi } = writer;
      encode(writer, i);
      setEntry(writer, lo, hi, key, writer.lo, writer.hi);
      object[key] = i;
    }
    expectReads(writer, object);
    for (const key of keys.filter((_, i) => i % 4 > 0)) {
      deleteEntry(writer, writer.lo, writer.hi, key);
      delete object[key];
      expectReads(writer, object);
    }
  });
});
