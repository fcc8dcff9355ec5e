/** Whether what a master and its followers say of a document is what a plain value says. */
import { expect } from 'vitest';
import type { Snapshot } from '../../../src/index.js';
import { isContainer, own, valueAt } from './reference.js';

/** What reads a document: a master, a follower, a snapshot. */
type Readable = Pick<Snapshot, 'current' | 'get' | 'has' | 'keys' | 'size'> & { readonly view?: unknown };

/** Expects everything that `reader` says to agree with `model`, at `paths` too. */
export function expectAgreement(reader: Readable, model: unknown, paths: readonly (readonly string[])[] = []): void {
  expectSame(reader.current, model);
  if ('view' in reader) expectSame(reader.view, model);
  for (const path of paths) {
    const expected = valueAt(model, path);
    expectSame(reader.get(path), expected);
    expect(reader.has(path)).toBe(expected !== undefined);
    expect(reader.keys(path)).toEqual(isContainer(expected) ? Object.keys(expected) : []);
    expect(reader.size(path)).toBe(isContainer(expected) ? Object.keys(expected).length : 0);
  }
}

/** The order of keys counts. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  expect(JSON.stringify(actual, undefined, 1)).toBe(JSON.stringify(expected, undefined, 1));
}

/**
 * Expects every container of `before` that is equal, order of keys included, to what stands at the same path of `after` to be the same object;
 * below an array whose length changed, elements have other paths, so nothing is said of them.
 */
export function expectKept(before: unknown, after: unknown): number {
  if (!isContainer(before) || !isContainer(after) || before === after) return before === after ? 1 : 0;
  expect(JSON.stringify(before), 'an unchanged subtree has become another object').not.toBe(JSON.stringify(after));
  if (Array.isArray(before) !== Array.isArray(after)) return 0;
  if (Array.isArray(before) && before.length !== (after as unknown[]).length) return 0;
  let kept = 0;
  for (const key of Object.keys(before)) kept += expectKept(own(before, key), own(after, key));
  return kept;
}
