/** A patch is in proportion to the two versions, and right however coarse. */
import { describe, expect, it, vi } from 'vitest';
import { diff } from '../../../../src/format/compare/diff.js';
import type { JsonPatch } from '../../../../src/format/compare/json-patch.js';
import { PatchSteps } from '../../../../src/format/compare/patch-steps.js';
import { refresh } from '../../../../src/format/compare/refresh.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { reconcile } from '../../../../src/format/write/reconcile.js';
import { applyPatch } from '../../master/reference.js';
import { written } from '../../written.js';

const calls = vi.hoisted(() => ({ arrayIndex: 0 }));
vi.mock('../../../../src/format/index-key.js', async (original) => {
  const module = await original<typeof import('../../../../src/format/index-key.js')>();
  return {
    ...module,
    arrayIndex: (token: string) => {
      calls.arrayIndex++;
      return module.arrayIndex(token);
    },
  };
});

function patchBetween(before: unknown, after: unknown): { patch: JsonPatch; bytes: number } {
  const { writer, ...from } = written(before);
  reconcile(writer, after as object, from.lo, from.hi);
  writer.finish();
  const { reader } = writer;
  const refs = [
    { reader, ...from },
    { reader, lo: writer.lo, hi: writer.hi },
  ] as const;
  return { patch: diff(...refs), bytes: reader.segment.limit };
}

const nested = (depth: number, inner: unknown): unknown =>
  Array.from({ length: depth }).reduce<unknown>((value) => ({ [`a level of ${depth}`]: value }), inner);
const numbers = (count: number, offset: number): number[] => Array.from({ length: count }, (_, i) => i + offset);
const lengthOf = (patch: JsonPatch): number => patch.reduce((sum, { path }) => sum + path.length, 0);

describe('a patch', () => {
  it.each([
    ['below a hundred levels', nested(100, numbers(20_000, 0)), nested(100, numbers(20_000, 1))],
    ['below a long key', { ['k'.repeat(200_000)]: numbers(1000, 0) }, { ['k'.repeat(200_000)]: numbers(1000, 1) }],
    [
      'below an escaped key',
      { ['~/'.repeat(100_000)]: numbers(1000, 0) },
      { ['~/'.repeat(100_000)]: numbers(1000, 1) },
    ],
  ])('of many changes %s replaces the container that has them', (_, before, after) => {
    const { patch, bytes } = patchBetween(before, after);
    expect(patch).toHaveLength(1);
    expect(patch[0].op).toBe('replace');
    expect(patch[0].path).not.toBe('');
    expect(lengthOf(patch)).toBeLessThan(2 ** 20 + 8 * bytes);
    expect(applyPatch(before, patch)).toEqual(after);
  });

  it('keeps what it has elsewhere', () => {
    const rest = (n: number) => ({ a: n, z: { y: [n] } });
    const before = { ...rest(1), deep: nested(100, { list: numbers(20_000, 0), same: true }) };
    const after = { ...rest(2), deep: nested(100, { list: numbers(20_000, 1), same: true }) };
    const { patch } = patchBetween(before, after);
    expect(patch).toHaveLength(3);
    expect(patch.find(({ path }) => path.endsWith('/list'))?.op).toBe('replace');
    expect(applyPatch(before, patch)).toEqual(after);
  });

  it('names each change where paths are as long as they are in real documents', () => {
    const users = (n: number) => ({
      users: Object.fromEntries(
        numbers(5000, 0).map((i) => [`user-${i}`, { visits: i + n, score: n, name: `name ${i}` }]),
      ),
    });
    const { patch } = patchBetween(users(1), users(2));
    expect(patch).toHaveLength(10_000);
    expect(applyPatch(users(1), patch)).toEqual(users(2));
  });

  it('of a path that alone is too long is one replacement', () => {
    const steps = new PatchSteps(0);
    const mark = steps.mark();
    steps.add('remove', `/${'x'.repeat(2 ** 21)}`);
    expect(steps.areTooMany).toBe(true);
    steps.collapse(mark, '', {} as never);
    expect(steps.operations(() => 1)).toEqual([{ op: 'replace', path: '', value: 1 }]);
  });
});

it('integer-like keys that come before many names are looked at once each', () => {
  const before = Object.fromEntries(numbers(2000, 0).map((i) => [`name ${i}`, i]));
  const after = { ...before, ...numbers(2000, 0) };
  const { writer, ...from } = written(before);
  const second = written(after, { number: 2, nodeIdBase: 2 ** 20 });
  const ref = { reader: second.writer.reader, lo: second.lo, hi: second.hi };
  const value = materialize(writer.reader, from.lo, from.hi);
  calls.arrayIndex = 0;
  expect(JSON.stringify(refresh({ reader: writer.reader, ...from }, value, ref))).toBe(JSON.stringify(after));
  expect(calls.arrayIndex).toBeLessThan(4001 * 6);
});
