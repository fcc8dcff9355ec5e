import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type WeighingOptions, type Weights, weigh } from '../../../../src/format/read/weigh.js';
import { check, Follower, Master } from '../../../../src/index.js';
import { casesOf } from '../../../effort.js';

const dir = mkdtempSync(join(tmpdir(), 'jsonmmap-weigh-'));
const master = Master.open<unknown>('weighed', { dir, initial: null });
const follower = Follower.open('weighed', { dir });
afterAll(() => {
  follower.close();
  master.close();
  rmSync(dir, { recursive: true, force: true });
});

function weightsOf(value: unknown, options: WeighingOptions, pointer: string[] = []): Weights & { steps: number[] } {
  master.write(value);
  const snapshot = follower.snapshot();
  const steps: number[] = [];
  const weighing = weigh(snapshot.valueRef(pointer)!, options);
  for (;;) {
    const { done, value: step } = weighing.next();
    if (done) {
      snapshot.close();
      return { ...step, steps };
    }
    steps.push(step);
  }
}

/** Values in `value`, itself included. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child) => sum + countOf(child), 1);
}

const wide = (row: number) => Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`column${i}`, row * i]));

describe('weigh', () => {
  it.each([
    ['a scalar', 'a string that is not in its slot'],
    ['small containers', { a: [1, 'two and more', { b: null }], c: { a: 1 }, d: {}, e: [] }],
    ['rows of one shape', Array.from({ length: 500 }, (_, id) => ({ id, name: `name ${id}`, tags: ['same', 'same'] }))],
    ['a large object', Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key number ${i}`, [i]]))],
    ['wide rows', [wide(1), wide(2), wide(3), { ...wide(4), more: 1 }]],
    ['long and wide strings', ['x'.repeat(100_000), 'ü€😀'.repeat(3), '€'.repeat(70_000), 'same text', 'same text']],
  ])('counts the bytes of %s as the check of the region does', (_, value) => {
    const { bytes, values, jsonLength } = weightsOf(value, { top: 10 });
    expect(bytes).toBe(check('weighed', { dir }).liveBytes);
    expect(values).toBe(countOf(value));
    expect(jsonLength).toBe(JSON.stringify(value).length);
  });

  it('counts any value so, also after writes that share parts of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (first, second) => {
        weightsOf(first, { top: 3 });
        const { bytes, values } = weightsOf([first, second, first], { top: 3 });
        expect(bytes).toBe(check('weighed', { dir }).liveBytes);
        expect(values).toBe(countOf([first, second, first]));
      }),
      { numRuns: casesOf(200) },
    );
  });

  it('finds the heaviest parts down to a level, and counts what is shared for the first', () => {
    const row = { 'a key that is long': 1, 'another key that is long': 2 };
    const value = {
      rows: { first: row, second: row, third: { ...row, 'a key that is long': 3 } },
      text: 'x'.repeat(90),
    };
    const { heaviest, bytes } = weightsOf(value, { top: 3, levels: 2 });
    expect(heaviest.map(({ path }) => path.join('/'))).toEqual(['rows', 'rows/first', 'text']);
    expect(heaviest[0].bytes).toBeLessThan(bytes);
    const all = weightsOf(value, { top: 10, levels: 2 }).heaviest;
    const third = all.find(({ path }) => path.join('/') === 'rows/third');
    expect(third?.bytes).toBe(16 + 2 * 8); // its node: the key list is that of the first
    const byText = weightsOf(value, { top: 2, levels: 2, by: 'jsonLength' }).heaviest;
    expect(byText.map(({ path }) => path.join('/'))).toEqual(['rows', 'text']);
  });

  it('keeps the heaviest of very many', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => 'x'.repeat(10 + ((i * 7919) % 10_000)));
    const { heaviest } = weightsOf(rows, { top: 3 });
    expect(heaviest.map(({ bytes }) => bytes)).toEqual([10_009, 10_008, 10_007]);
  });

  it('measures one part, and pauses between steps with ever more bytes', () => {
    const value = { rows: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `name ${id}` })), other: 1 };
    const { steps, values } = weightsOf(value, { top: 1 }, ['rows']);
    expect(values).toBe(60_001);
    expect(steps.length).toBeGreaterThan(5);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it('takes a deep value without a deep stack', () => {
    let value: unknown = 1;
    for (let i = 0; i < 50_000; i++) value = [value];
    expect(weightsOf(value, { top: 1 }).values).toBe(50_001);
  });
});
