/** Whatever code of the user does while it is called: the write has happened or not at all, and the master goes on. */
import { describe, expect, it } from 'vitest';
import { Master } from '../../../src/index.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

interface Document {
  n: number;
  list: unknown[];
  texts: Record<string, string>;
}

const INITIAL: Document = { n: 0, list: [1, 2, 3], texts: { a: 'x'.repeat(100) } };

const overflow = (): never => overflow();
const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('a trap of what was thrown');
    },
    getPrototypeOf: () => {
      throw new Error('a trap of what was thrown');
    },
  },
);

/** What a callback may do. */
const DEEDS: Record<string, (master: Master<Document>) => unknown> = {
  'throws an error': () => {
    throw new Error('of the user');
  },
  'throws undefined': () => {
    throw undefined;
  },
  'throws what throws when it is looked at': () => {
    throw hostile;
  },
  'overflows the stack': overflow,
  writes: (master) => master.set('/n', 99),
  'begins a transaction': (master) => master.transaction(() => master.set('/n', 99)),
  updates: (master) => master.update((draft) => void Object.assign(draft, { n: 99 })),
  'closes the master': (master) => master.close(),
};

/** Where it may do it: each lets `deed` be called in the midst of a write that has changed something already. */
const CALLBACKS: Record<string, (master: Master<Document>, deed: () => unknown) => unknown> = {
  'toJSON in set': (master, deed) => master.set('/list', [7, 'text', { toJSON: deed }]),
  'toJSON in write': (master, deed) => master.write({ n: 1, list: [{ toJSON: deed }], texts: {} }),
  'a getter in write': (master, deed) =>
    master.write({
      n: 1,
      list: [],
      get texts() {
        return deed() as Record<string, string>;
      },
    }),
  'a getter in merge': (master, deed) =>
    master.merge({
      n: 1,
      texts: {
        b: 1,
        get c() {
          return deed();
        },
      },
    }),
  'toJSON in patch': (master, deed) =>
    master.patch([
      { op: 'replace', path: '/n', value: 1 },
      { op: 'add', path: '/list/-', value: { toJSON: deed } },
    ]),
  'toJSON in a test': (master, deed) =>
    master.patch([
      { op: 'replace', path: '/n', value: 1 },
      { op: 'test', path: '/n', value: { toJSON: deed } },
    ]),
  'a getter of an operation': (master, deed) =>
    master.patch([
      { op: 'replace', path: '/n', value: 1 },
      {
        op: 'add',
        get path() {
          return String(deed());
        },
        value: 1,
      },
    ]),
  'a trap: ownKeys': (master, deed) => master.set('/list', [7, new Proxy({}, { ownKeys: () => deed() as string[] })]),
  'a trap: get': (master, deed) => master.set('/texts/b', [7, new Proxy([1], { get: () => deed() })]),
  'a trap: getPrototypeOf': (master, deed) =>
    master.set('/texts/b', [7, new Proxy({ a: 1 }, { getPrototypeOf: () => deed() as object })]),
  'a recipe': (master, deed) =>
    master.update((draft) => {
      draft.n = 1;
      draft.list.push(4);
      deed();
    }),
  'toJSON of what a recipe assigned': (master, deed) =>
    master.update((draft) => {
      draft.n = 1;
      draft.list.push({ toJSON: deed });
    }),
  'a body that has written': (master, deed) =>
    master.transaction(() => {
      master.set('/n', 1);
      master.set('/list/-', { toJSON: deed });
    }),
};

/** What is thrown may not bear to be looked at. */
function throws(body: () => unknown): boolean {
  try {
    body();
    return false;
  } catch {
    return true;
  }
}

/** Within a write, writing throws, and so does closing. */
describe.each(Object.entries(CALLBACKS))('%s', (_, call) => {
  it.each(Object.entries(DEEDS))('that %s leaves the master as it was, and it goes on', (_, deed) => {
    const dir = newDirectory();
    const master = openMaster<Document>(dir, { initial: INITIAL });
    const follower = openFollower<Document>(dir);
    let called = 0;
    const counted = (): unknown => {
      called++;
      return deed(master);
    };
    expect(throws(() => call(master, counted))).toBe(true);
    expect(called).toBeGreaterThan(0);
    expect([master.version, follower.version]).toEqual([1, 1]);
    expect(master.current).toEqual(INITIAL);
    expect(master.set('/list/-', 4)).toBe(2);
    expect(master.update((draft) => void draft.list.push(5))).toBe(3);
    expect(master.patch([{ op: 'test', path: '/list', value: [1, 2, 3, 4, 5] }])).toBe(3);
    expect(follower.current).toEqual({ ...INITIAL, list: [1, 2, 3, 4, 5] });
  });
});

describe('a schema', () => {
  it.each(Object.entries(DEEDS))('that %s leaves the master as it was, and it goes on', (_, deed) => {
    const dir = newDirectory();
    let rebels = false;
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) => {
          if (rebels) deed(master);
          return { value: value as Document };
        },
      },
    };
    const master: Master<Document> = openMaster<Document>(dir, { initial: INITIAL, schema });
    rebels = true;
    expect(throws(() => master.set('/n', 1))).toBe(true);
    expect(throws(() => master.transaction(() => master.set('/n', 1)))).toBe(true);
    rebels = false;
    expect(master.current).toEqual(INITIAL);
    expect(master.set('/n', 2)).toBe(2);
    expect(openFollower(dir).get('/n')).toBe(2);
  });

  it('that throws at the opening gives the region back', () => {
    const dir = newDirectory();
    openMaster(dir, { initial: INITIAL }).close();
    const failure = new Error('of the user');
    const validate = () => {
      throw failure;
    };
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate } };
    expect(() => Master.open('region', { dir, schema })).toThrow(failure);
    expect(openMaster(dir).version).toBe(1);
  });
});

describe('the stack', () => {
  /** Calls `body` at every depth from where the stack is nearly used up. */
  function nearTheEnd(body: () => void): number {
    let failures = 0;
    const deeper = (): void => {
      try {
        deeper();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        // On the way back each frame has a little more room than the one before.
      }
      try {
        body();
      } catch {
        failures++;
      }
      if (failures > 0 && done()) throw new Error('enough');
    };
    let frames = 0;
    const done = (): boolean => ++frames > 400;
    try {
      deeper();
    } catch (error) {
      if ((error as Error).message !== 'enough') throw error;
    }
    return failures;
  }

  it.each<[string, (master: Master<Document>, n: number) => unknown]>([
    ['set', (master, n) => master.set('/n', n)],
    ['write', (master, n) => master.write({ ...INITIAL, n, list: [n, { n }] })],
    ['merge', (master, n) => master.merge({ n, texts: { [`k${n % 80}`]: `text ${n}` } })],
    [
      'patch',
      (master, n) =>
        master.patch([
          { op: 'replace', path: '/n', value: n },
          { op: 'add', path: '/list/-', value: [n] },
        ]),
    ],
    ['update', (master, n) => master.update((draft) => void Object.assign(draft, { n, list: [n] }))],
  ])('that ends in the midst of a %s undoes all of it', (_, write) => {
    const dir = newDirectory();
    const master = openMaster<Document>(dir, { initial: INITIAL });
    const follower = openFollower<Document>(dir);
    let n = 0;
    const failures = nearTheEnd(() => void write(master, ++n));
    expect(failures).toBeGreaterThan(0);
    // A publish that was cut off behind its version stands, and the next write goes on from there.
    const before = follower.version;
    expect(write(master, ++n)).toBeGreaterThan(before);
    expect(follower.current).toEqual(master.current);
    expect(follower.get('/n')).toBe(n);
  });
});

describe('the signal of a wait', () => {
  it('may throw what it likes, and holds nothing back', () => {
    const dir = newDirectory();
    const holder = openMaster<Document>(dir, { initial: INITIAL });
    let calls = 0;
    const signal = {
      throwIfAborted: () => {
        if (++calls > 2) throw hostile;
      },
    } as unknown as AbortSignal;
    let thrown: unknown;
    try {
      Master.open('region', { dir, wait: { signal, timeoutMs: 10_000 } });
    } catch (error) {
      thrown = error;
    }
    expect(thrown === hostile).toBe(true);
    holder.close();
    expect(openMaster(dir).version).toBe(1);
  });
});

describe('the signal of changes', () => {
  it.each([{ throwIfAborted: () => {} }, { aborted: false, throwIfAborted: () => {} }, null, 7])(
    'is one, or refused: %o',
    (signal) => {
      const dir = newDirectory();
      openMaster(dir, { initial: INITIAL });
      expect(codeOf(() => openFollower(dir).changes({ signal: signal as never }))).toBe('ERR_INVALID_ARG');
    },
  );

  it('that cannot be listened to ends the iteration, and is forgotten', async () => {
    const dir = newDirectory();
    const master = openMaster(dir, { initial: INITIAL });
    const follower = openFollower(dir);
    const failure = new Error('no listeners');
    const signal = {
      aborted: false,
      throwIfAborted: () => {},
      addEventListener: () => {
        throw failure;
      },
    };
    const changes = follower.changes({ signal: signal as never });
    await expect(changes.next()).rejects.toBe(failure);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    master.set('/n', 1);
    expect(follower.get('/n')).toBe(1);
  });
});
