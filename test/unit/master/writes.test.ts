/** What each write does, what it returns, and what it leaves alone. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Follower, Master } from '../../../src/index.js';
import { expectAgreement, expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

let dir: string;
let master: Master;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir);
});

/** Runs `write`, expects that it publishes `versions`, and that what it returns is the version at which its effect is visible. */
function publishes(versions: number, write: () => number): void {
  const before = master.version;
  expect(write()).toBe(before + versions);
  expect(master.version).toBe(before + versions);
}

describe('a master without a document', () => {
  it('has version 0 and nothing to read', () => {
    expect(master.version).toBe(0);
    expect(master.current).toBeUndefined();
    expect(master.get('')).toBeUndefined();
    expect(master.has('')).toBe(false);
    expect(master.keys()).toEqual([]);
    expect(master.size()).toBe(0);
  });

  it.each<[string, (to: Master) => number, unknown]>([
    ['write', (to) => to.write([1]), [1]],
    ['set', (to) => to.set('/a/b', 1), { a: { b: 1 } }],
    ['set of the whole', (to) => to.set('', 'text'), 'text'],
    ['merge', (to) => to.merge({ a: null, b: 1 }), { b: 1 }],
  ])('begins with %s', (_, write, expected) => {
    publishes(1, () => write(master));
    expectAgreement(openFollower(dir), expected, [[], ['a']]);
  });

  it.each<[string, (to: Master) => unknown, string]>([
    ['delete', (to) => to.delete('/a'), 'ERR_PATH_NOT_FOUND'],
    ['patch', (to) => to.patch([{ op: 'add', path: '', value: 1 }]), 'ERR_PATH_NOT_FOUND'],
    ['update', (to) => to.update(() => {}), 'ERR_INVALID_ARG'],
  ])('does not begin with %s', (_, write, code) => {
    expect(codeOf(() => write(master))).toBe(code);
    expect(master.version).toBe(0);
  });
});

describe('write', () => {
  it.each<[unknown]>([[null], [true], [0], [-1.5], [''], ['wide 😀'], [[]], [{}], [[[[]]]], [{ '': { '': [] } }]])(
    'takes any document: %j',
    (document) => {
      publishes(1, () => master.write(document));
      expectAgreement(openFollower(dir), document, [[], ['']]);
      publishes(0, () => master.write(structuredClone(document)));
    },
  );

  it('publishes nothing where nothing changes, however it is spelled', () => {
    publishes(1, () => master.write({ a: [1, { b: 'x' }], date: '1970-01-01T00:00:00.000Z', n: null }));
    publishes(0, () => master.write({ a: [1, { b: 'x', c: undefined }], date: new Date(0), n: Number.NaN }));
  });

  it('tells keys in another order', () => {
    publishes(1, () => master.write({ a: 1, b: 2 }));
    publishes(1, () => master.write({ b: 2, a: 1 }));
    expect(Object.keys(master.current as object)).toEqual(['b', 'a']);
  });

  it('reuses what is equal', () => {
    const document = { rows: Array.from({ length: 5000 }, (_, i) => ({ i, text: `row ${i}` })), n: 1 };
    master.write(document);
    const used = () =>
      openFollower(dir)
        .history()
        .map(({ watermark }) => watermark)[0];
    const before = used();
    master.write({ ...structuredClone(document), n: 2 });
    expect(used() - before).toBeLessThan(200);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['a BigInt inside', { a: [{ b: 1n }] }],
    ['a cycle', cycle()],
    ['a cycle through toJSON', { toJSON: () => cycle() }],
  ])('refuses %s, and changes nothing', (_, value) => {
    master.write({ old: true });
    expect(codeOf(() => master.write(value))).toBe('ERR_NOT_SERIALIZABLE');
    expect(codeOf(() => master.set('/new', value))).toBe('ERR_NOT_SERIALIZABLE');
    expect(master.version).toBe(1);
    expectAgreement(openFollower(dir), { old: true }, [['new']]);
    publishes(1, () => master.write({ next: true }));
  });

  it('passes on what a toJSON throws, and changes nothing', () => {
    master.write({ old: true });
    const failure = new Error('not now');
    const value = {
      a: 1,
      get b() {
        throw failure;
      },
    };
    expect(() => master.write(value)).toThrow(failure);
    expect(() =>
      master.set('/x', {
        toJSON() {
          throw failure;
        },
      }),
    ).toThrow(failure);
    expect(master.version).toBe(1);
    expectSame(master.current, { old: true });
  });

  it('takes values as JSON does', () => {
    const value = {
      undefined: undefined,
      function: () => 1,
      symbol: Symbol('s'),
      nan: Number.NaN,
      infinity: -Infinity,
      zero: -0,
      date: new Date(5),
      boxed: [Object(1), Object('s'), Object(true)],
      // biome-ignore lint/suspicious/noSparseArray: JSON makes null of it
      sparse: [1, , 3],
      map: new Map([[1, 2]]),
      json: { toJSON: (key: string) => `as ${key}` },
      2: 'b',
      1: 'a',
      ['__proto__']: 'own',
      lone: '\ud800',
      huge: 1e308,
      tiny: 5e-324,
    };
    master.write(value);
    const expected = JSON.parse(JSON.stringify(value));
    const follower = openFollower(dir);
    expectAgreement(follower, expected, [['json'], ['__proto__'], ['sparse', '1']]);
    expect(Object.getPrototypeOf(follower.current)).toBe(Object.prototype);
  });

  it('takes any depth that JSON takes', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 4000; i++) deep = i % 2 ? [deep] : { a: deep };
    master.write({ deep });
    const path = Array.from({ length: 4000 }, (_, i) => (i % 2 ? 'a' : 0));
    expect(openFollower(dir).get(['deep', ...path])).toBe('end');
    publishes(0, () => master.write({ deep }));
    publishes(1, () => master.set(['deep', ...path], 'other end'));
  });
});

describe('set', () => {
  beforeEach(() => {
    master.write({ a: { b: [1, 2] }, n: null });
  });

  it('creates parent objects that are missing', () => {
    publishes(1, () => master.set('/x/0/y', 1));
    expectSame(master.get('/x'), { '0': { y: 1 } });
  });

  it('appends to arrays, by their length or "-"', () => {
    publishes(1, () => master.set('/a/b/2', 3));
    publishes(1, () => master.set('/a/b/-', 4));
    publishes(1, () => master.set(['a', 'b', '-', 'deep'], 5));
    expectSame(master.get('/a/b'), [1, 2, 3, 4, { deep: 5 }]);
  });

  it('publishes nothing where the value stands already', () => {
    publishes(0, () => master.set('/a/b/0', 1));
    publishes(0, () => master.set('/a', { b: [1, 2] }));
    publishes(0, () => master.set('/n', Number.NaN));
  });

  it('keeps a key in its place', () => {
    master.set('/a', 0);
    master.set('/z', 0);
    master.set('/5', 0);
    expect(master.keys()).toEqual(['5', 'a', 'n', 'z']);
  });

  it('takes tokens as they are', () => {
    master.set(['a/b', '~'], 1);
    expect(master.get('/a~1b/~0')).toBe(1);
    master.set('/a~1b/~01', 2);
    expect(master.get(['a/b', '~1'])).toBe(2);
  });

  it.each<[string | (string | number)[], string]>([
    ['/a/b/3', 'ERR_PATH_NOT_FOUND'],
    ['/a/b/x', 'ERR_PATH_NOT_FOUND'],
    ['/a/b/01', 'ERR_PATH_NOT_FOUND'],
    ['/a/b/0/c', 'ERR_PATH_NOT_FOUND'],
    ['/n/x', 'ERR_PATH_NOT_FOUND'],
    ['a', 'ERR_PATH_INVALID'],
    ['/a~', 'ERR_PATH_INVALID'],
    [['a', -1], 'ERR_PATH_INVALID'],
    [['a', 1.5], 'ERR_PATH_INVALID'],
  ])('refuses %j with %s, and changes nothing', (path, code) => {
    expect(codeOf(() => master.set(path, 0))).toBe(code);
    expect(master.version).toBe(1);
    expectSame(master.current, { a: { b: [1, 2] }, n: null });
  });

  it('refuses what is no path', () => {
    for (const path of [undefined, null, 7, {}, [null], [{}]]) {
      expect(codeOf(() => master.set(path as never, 0))).toBe('ERR_PATH_INVALID');
      expect(codeOf(() => master.get(path as never))).toBe('ERR_PATH_INVALID');
    }
  });
});

describe('delete', () => {
  beforeEach(() => {
    master.write({ a: { b: [1, 2, 3] }, n: null });
  });

  it('removes entries and elements', () => {
    publishes(1, () => master.delete('/a/b/1'));
    publishes(1, () => master.delete(['n']));
    expectSame(master.current, { a: { b: [1, 3] } });
    publishes(1, () => master.delete('/a'));
    expectSame(master.current, {});
  });

  it.each(['/x', '/a/b/3', '/a/b/-', '/n/x', '/a/x/y', '/toString'])('refuses %s, where nothing stands', (path) => {
    expect(codeOf(() => master.delete(path))).toBe('ERR_PATH_NOT_FOUND');
    expect(master.version).toBe(1);
  });

  it('does not delete the document', () => {
    expect(codeOf(() => master.delete(''))).toBe('ERR_PATH_INVALID');
  });
});

describe('current', () => {
  it('is frozen, and keeps what did not change', () => {
    master.write({ a: { x: 1 }, b: { y: 2 } });
    const before = master.current as { a: object; b: object };
    expect(master.current).toBe(before);
    expect(Object.isFrozen(before.a)).toBe(true);
    master.set('/a/x', 2);
    const after = master.current as { a: object; b: object };
    expect(after.b).toBe(before.b);
    expect(after.a).toEqual({ x: 2 });
  });
});

describe("'publish'", () => {
  it('tells each version of its own, after it stands', () => {
    const told: unknown[] = [];
    const follower = () => openFollower(dir) as Follower;
    master.on('publish', ({ version, previousVersion }) => told.push([previousVersion, version, follower().version]));
    master.set('/a', 1);
    master.set('/a', 1);
    master.transaction(() => {
      master.set('/a', 2);
      master.set('/b', 2);
    });
    expect(told).toEqual([
      [0, 1, 1],
      [1, 2, 2],
    ]);
  });

  it('may write: each write returns its own version', () => {
    master.on('publish', ({ version }) => {
      if (version < 5) master.set('/n', version);
    });
    expect(master.set('/n', 0)).toBe(1);
    expect(master.version).toBe(5);
    expect(master.get('/n')).toBe(4);
  });

  it("and 'close', once", () => {
    let closed = 0;
    master.on('close', () => closed++);
    master.close();
    master.close();
    expect(closed).toBe(1);
  });
});

function cycle(): unknown {
  const object: Record<string, unknown> = { a: 1 };
  object.self = [object];
  return object;
}
