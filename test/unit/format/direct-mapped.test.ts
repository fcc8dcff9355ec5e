import { describe, expect, it } from 'vitest';
import { DirectMapped } from '../../../src/format/direct-mapped.js';

const KEYS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [-1, -1],
  [2 ** 31 - 1, -(2 ** 31)],
] as const;

describe('DirectMapped', () => {
  it.each([1, 4, 16])('of 2^%i lines finds no key at first, not even (0, 0)', (bits) => {
    const cache = new DirectMapped(bits);
    expect(cache.lines).toBe(2 ** bits);
    for (const [first, second] of KEYS) expect(cache.find(first, second)).toBe(-1);
  });

  it('finds a key in the line that it was put into', () => {
    const cache = new DirectMapped(8);
    for (const [first, second] of KEYS) {
      const line = cache.put(first, second);
      expect(line).toBeGreaterThanOrEqual(0);
      expect(line).toBeLessThan(cache.lines);
      expect(cache.find(first, second)).toBe(line);
    }
  });

  it('compares both numbers of a key', () => {
    const cache = new DirectMapped(1);
    cache.put(7, 9);
    for (let other = 0; other < 7; other++) {
      expect(cache.find(other, 9)).toBe(-1);
      expect(cache.find(7, other)).toBe(-1);
    }
  });

  it('forgets the key whose line another one takes', () => {
    const cache = new DirectMapped(1);
    const lines = [1, 2, 3].map((key) => cache.put(key, 0)); // three keys, two lines
    expect(lines.at(-1)).toBe(cache.find(3, 0));
    expect([1, 2, 3].filter((key) => cache.find(key, 0) >= 0).length).toBeLessThan(3);
  });

  it('spreads neighbouring keys over all lines', () => {
    const cache = new DirectMapped(10);
    const firsts = new Set(Array.from({ length: 1024 }, (_, i) => cache.put(i, 0)));
    const seconds = new Set(Array.from({ length: 1024 }, (_, i) => cache.put(0, i)));
    expect(firsts.size).toBeGreaterThan(512);
    expect(seconds.size).toBeGreaterThan(512);
  });

  it('forgets everything when it is cleared', () => {
    const cache = new DirectMapped(3);
    for (let key = 0; key < 100; key++) cache.put(key, key);
    cache.put(0, 0);
    cache.clear();
    for (let key = 0; key < 100; key++) expect(cache.find(key, key)).toBe(-1);
  });
});
