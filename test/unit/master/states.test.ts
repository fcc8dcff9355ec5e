/** Every method in every state of a master. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Master, remove } from '../../../src/index.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

const DOCUMENT = { a: 1, list: [1, 2], gone: true };

const READS: Record<string, (master: Master) => unknown> = {
  current: (master) => master.current,
  get: (master) => master.get('/a'),
  has: (master) => master.has('/a'),
  keys: (master) => master.keys(),
  size: (master) => master.size('/list'),
  sizes: (master) => master.sizes(),
};

const WRITES: Record<string, (master: Master) => unknown> = {
  write: (master) => master.write({ a: 2 }),
  set: (master) => master.set('/a', 2),
  delete: (master) => master.delete('/gone'),
  patch: (master) => master.patch([{ op: 'add', path: '/list/-', value: 3 }]),
  merge: (master) => master.merge({ a: 2 }),
  update: (master) =>
    master.update((draft) => {
      (draft as { a: number }).a = 2;
    }),
  transaction: (master) => master.transaction(() => master.set('/a', 2)),
};

let dir: string;
let master: Master;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: DOCUMENT });
});

/** Calls `body` while a write of `master` is under way. */
function insideWrite(body: () => void): void {
  const value = {
    toJSON() {
      body();
      return 1;
    },
  };
  master.set('/inside', value);
}

/** The same, in the other functions of the user. */
const INSIDE: Record<string, (body: () => void) => void> = {
  'a toJSON': insideWrite,
  'a getter': (body) => {
    master.write({
      get a() {
        body();
        return 1;
      },
    });
  },
  'a recipe': (body) => {
    master.update(() => body());
  },
  'a patch': (body) => {
    master.patch([{ op: 'add', path: '/x', value: { toJSON: () => body() ?? 1 } }]);
  },
  'a transaction': (body) => {
    master.transaction(() => insideWrite(body));
  },
};

describe('open', () => {
  it.each(Object.entries(READS))('%s', (_, read) => {
    expect(codeOf(() => read(master))).toBeUndefined();
  });

  it.each(Object.entries(WRITES))('%s publishes', (_, write) => {
    write(master);
    expect(master.version).toBe(2);
  });
});

describe('in a transaction', () => {
  it.each(Object.entries(READS))('%s', (_, read) => {
    master.transaction(() => expect(codeOf(() => read(master))).toBeUndefined());
  });

  it.each(Object.entries(WRITES))('%s publishes when it ends', (_, write) => {
    master.transaction(() => {
      write(master);
      expect(master.version).toBe(1);
    });
    expect(master.version).toBe(2);
  });
});

describe.each(Object.entries(INSIDE))('inside a write, in %s', (_, inside) => {
  it.each(Object.entries(READS))('%s', (_, read) => {
    let code: unknown = 'not called';
    inside(() => {
      code = codeOf(() => read(master));
    });
    expect(code).toBeUndefined();
  });

  it.each([...Object.entries(WRITES), ['close', (to: Master) => to.close()] as const])('%s is refused', (_, write) => {
    const codes: unknown[] = [];
    inside(() => {
      codes.push(codeOf(() => write(master)));
    });
    expect(codes).toEqual(['ERR_BUSY']);
    expect(master.version).toBeLessThanOrEqual(2);
    expect(master.set('/after', 1)).toBe(master.version);
    expectSame(openFollower(dir).current, master.current);
  });
});

describe('inside a write that lets the refusal through', () => {
  it.each(Object.entries(WRITES))('%s makes it fail too, and nothing changes', (_, write) => {
    expect(codeOf(() => insideWrite(() => write(master)))).toBe('ERR_BUSY');
    expect(master.version).toBe(1);
    expectSame(master.current, DOCUMENT);
  });
});

describe('closed', () => {
  beforeEach(() => {
    master.close();
  });

  it.each([...Object.entries(READS), ...Object.entries(WRITES)])('%s is refused', (_, call) => {
    expect(() => call(master)).toThrow(
      expect.objectContaining({ code: 'ERR_CLOSED', message: expect.stringContaining('open it again') }),
    );
  });

  it('close does nothing, and the version stays', () => {
    master.close();
    master[Symbol.dispose]();
    expect(master.version).toBe(1);
    expect(openMaster(dir).version).toBe(1);
  });
});

describe.each<[string, () => void]>([
  ['its region removed', () => remove('region', { dir, force: true })],
  [
    'its region removed and made again by another master',
    () => {
      remove('region', { dir, force: true });
      openMaster(dir, { initial: 'of another' });
    },
  ],
])('with %s', (_, lose) => {
  beforeEach(lose);

  it.each(Object.entries(READS))('%s', (_, read) => {
    expect(codeOf(() => read(master))).toBeUndefined();
    expectSame(master.current, DOCUMENT);
  });

  it.each(Object.entries(WRITES))('%s is refused', (_, write) => {
    for (let i = 0; i < 2; i++) {
      expect(() => write(master)).toThrow(
        expect.objectContaining({ code: 'ERR_FENCED', message: expect.stringContaining('region') }),
      );
    }
    expect(master.version).toBe(1);
    expectSame(master.current, DOCUMENT);
  });

  it('writes that change nothing, and close, are not', () => {
    expect(master.set('/a', 1)).toBe(1);
    master.transaction(() => {});
    master.close();
  });

  it('a compaction leaves nothing behind', () => {
    const large = { text: Array.from({ length: 20_000 }, (_, i) => `text ${i}`) };
    expect(codeOf(() => master.write(large))).toBe('ERR_FENCED');
    expect(codeOf(() => master.write(large))).toBe('ERR_FENCED');
    expectSame(master.current, DOCUMENT);
  });
});

describe('a master that lost its region to another', () => {
  it('does not touch the files of that one, which have the names that its own would have', () => {
    const large = (n: number) => ({ n, text: Array.from({ length: 20_000 }, (_, i) => `text ${n} ${i}`) });
    remove('region', { dir, force: true });
    const other = openMaster<unknown>(dir, { initial: large(1) });
    expect(other.write(large(2))).toBe(2);
    expect(other.sizes()[0].path).toBe(join(dir, 'region.2.seg'));
    for (let i = 0; i < 3; i++) expect(codeOf(() => master.write(large(3)))).toBe('ERR_FENCED');
    expectSame(openFollower(dir).current, large(2));
    master.close();
    expect(other.set('/n', 4)).toBe(3);
    expectSame(openFollower(dir).current, { ...large(2), n: 4 });
  });

  it('knows it though the files were deleted by hand, from the first refusal on', () => {
    for (const name of readdirSync(dir)) rmSync(join(dir, name));
    const large = Array.from({ length: 20_000 }, (_, i) => `text ${i}`);
    expect(codeOf(() => master.write(large))).toBe('ERR_FENCED');
    for (let n = 2; n < 5; n++) expect(codeOf(() => master.set('/a', n))).toBe('ERR_FENCED');
    expect(readdirSync(dir)).toEqual([]);
  });
});
