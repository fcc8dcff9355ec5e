/** Depth costs heap, and each step of it the same: no write recurses on the machine's stack, and none is quadratic. */
import { describe, expect, it } from 'vitest';
import type { Master } from '../../../src/index.js';
import { isFull } from '../../effort.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

const DEEP = isFull ? 50_000 : 20_000; // the stack of the machine ends before either

function nested(depth: number, leaf: unknown, also = {}): Record<string, unknown> {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = { a: value, ...also };
  return value as Record<string, unknown>;
}

const pointer = (depth: number): string => '/a'.repeat(depth);

describe(`a document ${DEEP} deep`, () => {
  const open = (): Master => openMaster(newDirectory(), { initial: nested(DEEP, 1, { b: 2 }) });

  it('can be tested, whatever the order of keys, down to its last leaf', () => {
    const master = open();
    let turned: unknown = 1;
    for (let i = 0; i < DEEP; i++) turned = { b: 2, a: turned };
    expect(master.patch([{ op: 'test', path: '', value: nested(DEEP, 1, { b: 2 }) }])).toBe(1);
    expect(master.patch([{ op: 'test', path: '', value: turned }])).toBe(1);
    for (const other of [
      nested(DEEP, 2, { b: 2 }),
      nested(DEEP, 1, { c: 2 }),
      nested(DEEP, 1),
      nested(DEEP, [1], { b: 2 }),
    ]) {
      expect(codeOf(() => master.patch([{ op: 'test', path: '', value: other }]))).toBe('ERR_PATCH_TEST_FAILED');
    }
  });

  it('can be merged, set, deleted, copied and moved', () => {
    const master = open();
    expect(master.merge(nested(DEEP, 7))).toBe(2);
    expect(master.get(pointer(DEEP))).toBe(7);
    expect(master.merge(nested(DEEP, null))).toBe(3);
    expect(master.has(pointer(DEEP))).toBe(false);
    expect(master.get(`${pointer(DEEP - 1)}/b`)).toBe(2);
    expect(master.set(`${pointer(2 * DEEP)}`, 1)).toBe(4);
    expect(master.delete(pointer(DEEP))).toBe(5);
    expect(master.patch([{ op: 'copy', from: '/a', path: '/c' }])).toBe(6);
    expect(master.patch([{ op: 'move', from: '/c', path: '/d' }])).toBe(7);
    expect(master.merge({ e: nested(DEEP, { x: null, y: 1 }) })).toBe(8);
    expect(master.get(`/e${pointer(DEEP)}`)).toEqual({ y: 1 });
  });

  it('is updated where the draft library can, and has a code where it cannot', () => {
    const master = open();
    master.update((draft) => {
      (draft as Record<string, unknown>).b = 3;
    });
    expect(master.get('/b')).toBe(3);
    const dig = (draft: unknown): void => {
      let at = draft as Record<string, unknown>;
      while (typeof at.a === 'object') at = at.a as Record<string, unknown>;
      at.a = 9;
    };
    expect([undefined, 'ERR_NOT_SERIALIZABLE']).toContain(codeOf(() => master.update(dig)));
    expect(master.set(pointer(DEEP), 2)).toBe(master.version);
    expect(master.get(pointer(DEEP))).toBe(2);
  });
});

describe('a cycle', () => {
  it('has a code in every write, and changes nothing', () => {
    const master = openMaster<unknown>(newDirectory(), { initial: { a: { a: {} }, list: [] } });
    const cycle: Record<string, unknown> = {};
    cycle.a = cycle;
    const writes: (() => unknown)[] = [
      () => master.write(cycle),
      () => master.set('/x', cycle),
      () => master.merge(cycle),
      () => master.merge({ x: cycle }),
      () => master.patch([{ op: 'add', path: '/x', value: cycle }]),
      () => master.patch([{ op: 'test', path: '/a', value: cycle }]),
      () => master.update((draft) => void Object.assign(draft as object, { x: cycle })),
      () => master.update((draft) => void Object.assign((draft as { a: object }).a, { b: draft })),
    ];
    for (const write of writes) expect(codeOf(write), String(write)).toBe('ERR_NOT_SERIALIZABLE');
    expect(master.version).toBe(1);
    expect(master.current).toEqual({ a: { a: {} }, list: [] });
  });
});

/** Bytes written for a change at a depth: each node on the way once, so eight times the depth takes eight times the bytes, and not 64 times. */
describe.each<[string, (master: Master, depth: number) => unknown]>([
  ['merge', (master, depth) => master.merge(nested(depth, 2))],
  ['merge with null', (master, depth) => master.merge(nested(depth, null))],
  ['merge of many', (master, depth) => master.merge(nested(depth, { x: 1, y: 2, z: 3 }, { c: 1, d: 2 }))],
  ['set', (master, depth) => master.set(pointer(depth), 2)],
  ['delete', (master, depth) => master.delete(pointer(depth))],
  ['patch', (master, depth) => master.patch([{ op: 'replace', path: pointer(depth), value: 2 }])],
])('%s', (_, change) => {
  it('writes as much for each level, however deep', () => {
    const written = (depth: number): number => {
      const dir = newDirectory();
      const master = openMaster(dir, { initial: nested(depth, { x: 0 }, { b: 1 }) });
      const follower = openFollower(dir);
      const before = follower.history()[0].watermark;
      change(master, depth);
      const { watermark, segment } = follower.history()[0];
      expect(segment).toBe(1);
      return watermark - before;
    };
    expect(written(1000) / written(125)).toBeLessThan(12);
  });
});
