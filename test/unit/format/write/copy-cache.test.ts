import { expect, it } from 'vitest';
import { CopyCache } from '../../../../src/format/write/copy-cache.js';

it('knows nothing at first, not even of offset 0', () => {
  const cache = new CopyCache();
  expect([0, 1, -1].map((original) => cache.find(original, 0))).toEqual([0, 0, 0]);
});

it('finds a copy by its original and the detail', () => {
  const cache = new CopyCache();
  cache.add(100, 7, 55);
  expect(cache.find(100, 7)).toBe(55);
  expect(cache.find(100, 8)).toBe(0);
  expect(cache.find(101, 7)).toBe(0);
});

it('forgets some of more than it holds, and never answers with the copy of another', () => {
  const cache = new CopyCache();
  const count = 70_000;
  for (let i = 1; i <= count; i++) cache.add(i, 0, i * 3);
  const found = Array.from({ length: count }, (_, i) => cache.find(i + 1, 0));
  expect(found.filter((copy, i) => copy !== 0 && copy !== (i + 1) * 3)).toEqual([]);
  expect(found.filter((copy) => copy === 0).length).toBeGreaterThan(0);
  expect(found.at(-1)).toBe(count * 3);
});
