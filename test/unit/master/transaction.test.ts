/** Transactions: many writes, one version, or none. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Follower, Master } from '../../../src/index.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

let dir: string;
let master: Master;
let follower: Follower;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: { a: 1, list: [1] } });
  follower = openFollower(dir);
});

describe('transaction', () => {
  it('makes one version of all writes, and returns what its body does', () => {
    const result = master.transaction(() => {
      expect(master.set('/a', 2)).toBe(2);
      expect(master.set('/b', 3)).toBe(2);
      master.patch([{ op: 'add', path: '/list/-', value: 2 }]);
      master.merge({ c: { d: 1 } });
      expect(master.delete('/b')).toBe(2);
      expectSame(master.current, { a: 2, list: [1, 2], c: { d: 1 } });
      expect(master.get('/c/d')).toBe(1);
      expect([master.version, follower.version]).toEqual([1, 1]);
      expectSame(follower.current, { a: 1, list: [1] });
      return 'result';
    });
    expect(result).toBe('result');
    expect([master.version, follower.version]).toEqual([2, 2]);
    expectSame(follower.current, { a: 2, list: [1, 2], c: { d: 1 } });
    expect(follower.history().length).toBe(2);
  });

  it('changes nothing when its body throws', () => {
    const { current } = master;
    const failure = new Error('stop');
    const body = () => {
      master.write({ all: 'new', text: 'x'.repeat(1000) });
      expectSame(master.get('/all'), 'new');
      throw failure;
    };
    expect(() => master.transaction(body)).toThrow(failure);
    expect(master.current).toBe(current);
    expect(master.version).toBe(1);
    expect(master.set('/a', 5)).toBe(2);
    expectSame(follower.current, { a: 5, list: [1] });
  });

  it('goes on after a write that failed, if its body catches it', () => {
    master.transaction(() => {
      master.set('/a', 2);
      expect(codeOf(() => master.set('/list/9', 1))).toBe('ERR_PATH_NOT_FOUND');
      expect(
        codeOf(() =>
          master.patch([
            { op: 'add', path: '/x', value: 1 },
            { op: 'remove', path: '/none' },
          ]),
        ),
      ).toBe('ERR_PATH_NOT_FOUND');
      master.set('/b', 3);
    });
    expectSame(follower.current, { a: 2, list: [1], b: 3 });
    expect(master.version).toBe(2);
  });

  it('may stand in another one, which it is a part of', () => {
    master.transaction(() => {
      master.set('/a', 2);
      const inner = () =>
        master.transaction(() => {
          master.set('/a', 3);
          throw new Error('inner');
        });
      expect(inner).toThrow('inner');
      expect(master.get('/a')).toBe(2);
      master.transaction(() => master.set('/b', 4));
      expect(follower.version).toBe(1);
    });
    expectSame(follower.current, { a: 2, list: [1], b: 4 });
    expect(master.version).toBe(2);
  });

  it('publishes nothing that undoes itself', () => {
    master.transaction(() => {
      master.set('/a', 'x'.repeat(100));
      master.set('/b', {});
      master.set('/a', 1);
      master.delete('/b');
      master.set('/list/-', 2);
      master.delete('/list/1');
    });
    master.transaction(() => {});
    expect(master.version).toBe(1);
    expectSame(master.current, { a: 1, list: [1] });
  });

  it('is one version across a compaction in its midst', () => {
    const before = master.sizes().at(-1)?.path;
    const rows = Array.from({ length: 3000 }, (_, i) => ({ i, text: `row ${i}` }));
    master.transaction(() => {
      for (let n = 0; n < 5; n++) master.write({ rows: rows.map((row) => ({ ...row, n })), list: [n] });
      expect(master.get('/rows/2999/n')).toBe(4);
    });
    expect(master.sizes().at(-1)?.path).not.toBe(before);
    expect(master.version).toBe(2);
    expect(follower.get('/rows/2999')).toEqual({ i: 2999, text: 'row 2999', n: 4 });
  });

  it('changes nothing when it throws after a compaction in its midst', () => {
    const files = master.sizes();
    const rows = Array.from({ length: 3000 }, (_, i) => ({ i, text: `row ${i}` }));
    const body = () => {
      for (let n = 0; n < 5; n++) master.write({ rows: rows.map((row) => ({ ...row, n })) });
      throw new Error('stop');
    };
    expect(() => master.transaction(body)).toThrow('stop');
    expect(master.sizes().map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expectSame(master.current, { a: 1, list: [1] });
    expect(master.set('/a', 2)).toBe(2);
    expectSame(follower.current, { a: 2, list: [1] });
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => master.set('/a', 2)],
    [
      'a promise that fails',
      async () => {
        master.set('/a', 2);
        throw new Error('nobody hears of this');
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: what is awaited by that is refused
    ['a thenable', () => ({ then: () => {} })],
  ])('refuses a body that returns %s, and changes nothing', (_, body) => {
    expect(codeOf(() => master.transaction(body))).toBe('ERR_INVALID_ARG');
    expect(master.version).toBe(1);
    expectSame(master.current, { a: 1, list: [1] });
  });

  it('publishes nothing when its master is closed in its midst', () => {
    const body = () => {
      master.set('/a', 2);
      master.close();
    };
    expect(codeOf(() => master.transaction(body))).toBe('ERR_CLOSED');
    expect(follower.version).toBe(1);
    expect(openMaster(dir).get('/a')).toBe(1);
  });
});
