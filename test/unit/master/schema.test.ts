/** A document that does not pass its schema is never published. */
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Master } from '../../../src/index.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';

const INITIAL = { port: 80, hosts: ['a'] };

const SCHEMAS = {
  zod: z.object({ port: z.number().int().max(65535), hosts: z.array(z.string()) }),
  valibot: v.object({ port: v.pipe(v.number(), v.integer(), v.maxValue(65535)), hosts: v.array(v.string()) }),
};

const WRONG: Record<string, (master: Master<typeof INITIAL>) => unknown> = {
  write: (master) => master.write({ port: 80.5, hosts: [] }),
  set: (master) => master.set('/port', 'http'),
  delete: (master) => master.delete('/port'),
  patch: (master) => master.patch([{ op: 'add', path: '/hosts/-', value: 7 }]),
  merge: (master) => master.merge({ hosts: null }),
  update: (master) =>
    master.update((draft) => {
      draft.port = 1e9;
    }),
  transaction: (master) =>
    master.transaction(() => {
      master.set('/hosts/-', 'b');
      master.set('/port', null);
    }),
};

describe.each(Object.entries(SCHEMAS))('%s', (_, schema) => {
  let dir: string;
  let master: Master<typeof INITIAL>;
  beforeEach(() => {
    dir = newDirectory();
    master = openMaster<typeof INITIAL>(dir, { initial: INITIAL, schema });
  });

  it.each(Object.entries(WRONG))('refuses a %s, lists why, and the old document stands', (_, write) => {
    expect(() => write(master)).toThrow(
      expect.objectContaining({
        code: 'ERR_SCHEMA',
        message: expect.stringMatching(/\/(port|hosts)/),
        issues: [expect.anything()],
      }),
    );
    expect(master.version).toBe(1);
    expectSame(master.current, INITIAL);
    expectSame(openFollower(dir).current, INITIAL);
    expect(master.set('/port', 443)).toBe(2);
  });

  it('lets pass what passes, and transactions that pass in the end', () => {
    expect(master.set('/hosts/-', 'b')).toBe(2);
    master.transaction(() => {
      master.set('/port', 'for a moment');
      master.set('/port', 81);
    });
    expectSame(openFollower(dir).current, { port: 81, hosts: ['a', 'b'] });
  });

  it('refuses an initial document, and gives the region back', () => {
    const other = newDirectory();
    const wrong = { initial: { port: -0.5, hosts: [] }, schema };
    expect(codeOf(() => openMaster(other, wrong))).toBe('ERR_SCHEMA');
    expect(openMaster(other, { initial: INITIAL, schema }).version).toBe(1);
  });

  it('is asked about the document in the region: what does not pass is refused, and can be replaced', () => {
    master.close();
    const free = openMaster(dir);
    free.write({ anything: 'goes' });
    free.close();
    expect(() => openMaster(dir, { schema })).toThrow(
      expect.objectContaining({
        code: 'ERR_SCHEMA',
        message: expect.stringMatching(/in the region.*\/port/),
        issues: expect.any(Array),
      }),
    );
    const mended = openMaster<typeof INITIAL>(dir, { schema, document: INITIAL });
    expect(mended.version).toBe(3);
    expectSame(openFollower(dir).current, INITIAL);
    expect(codeOf(() => mended.set('/port', 'x'))).toBe('ERR_SCHEMA');
  });

  it('is asked when the document is replaced by an equal one', () => {
    master.close();
    const wrong = { port: 'http', hosts: [] };
    const free = openMaster(dir, { document: wrong });
    free.close();
    expect(codeOf(() => openMaster<unknown>(dir, { schema, document: wrong }))).toBe('ERR_SCHEMA');
    expectSame(openFollower(dir).current, wrong);
  });

  it('that passes what stands publishes nothing', () => {
    master.close();
    const again = openMaster<typeof INITIAL>(dir, { schema });
    expect(again.version).toBe(1);
    expect(again.write(structuredClone(INITIAL))).toBe(1);
  });
});

describe('any validator', () => {
  const standard = (validate: (value: unknown) => unknown) =>
    ({ '~standard': { version: 1 as const, vendor: 'test', validate } }) as never;

  it('may be a function', () => {
    const schema = Object.assign(
      () => {},
      standard((value) => ({ value })),
    );
    const master = openMaster<unknown>(newDirectory(), { schema });
    master.write('as given');
    expect(master.current).toBe('as given');
  });

  it('gets the document as it will be read: plain, frozen, whole', () => {
    const seen: unknown[] = [];
    const schema = standard((value) => {
      seen.push(value);
      return { value };
    });
    const master = openMaster<unknown>(newDirectory(), { schema });
    master.write({ a: new Date(0), b: { c: undefined } });
    master.set('/b/d', 1);
    master.set('/b/d', 1);
    expect(seen).toEqual([
      { a: '1970-01-01T00:00:00.000Z', b: {} },
      { a: '1970-01-01T00:00:00.000Z', b: { d: 1 } },
    ]);
    expect(seen.every((document) => Object.isFrozen(document))).toBe(true);
    expect(seen[1]).toBe(master.current);
  });

  it('lists a few issues, and counts the rest', () => {
    const issues = Array.from({ length: 5 }, (_, i) => ({ message: `wrong ${i}`, path: ['list', { key: i }] }));
    const master = openMaster<unknown>(newDirectory(), { schema: standard(() => ({ issues })) });
    expect(() => master.write([])).toThrow(
      expect.objectContaining({ issues, message: expect.stringMatching(/\/list\/0: wrong 0; .*wrong 2; and 2 more/) }),
    );
  });

  it.each<[string, () => unknown]>([
    ['answers later', async () => ({ value: 1 })],
    [
      'fails later',
      async () => {
        throw new Error('nobody hears of this');
      },
    ],
  ])('that %s is refused', (_, validate) => {
    const master = openMaster<unknown>(newDirectory(), { schema: standard(validate) });
    expect(() => master.write(1)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringContaining('synchronous') }),
    );
    expect(master.version).toBe(0);
  });

  it('that throws makes the write fail, and nothing changes', () => {
    const failure = new Error('broken validator');
    const master = openMaster<unknown>(newDirectory(), {
      schema: standard(() => {
        throw failure;
      }),
    });
    expect(() => master.write(1)).toThrow(failure);
    expect(master.version).toBe(0);
  });

  it('may read, not write', () => {
    const codes: unknown[] = [];
    const master: Master = openMaster<unknown>(newDirectory(), {
      schema: standard((value) => {
        codes.push(
          codeOf(() => master.set('/x', 1)),
          codeOf(() => master.current),
        );
        return { value };
      }),
    });
    master.write({});
    master.transaction(() => master.set('/a', 1));
    expect(codes).toEqual(['ERR_BUSY', undefined, 'ERR_BUSY', undefined]);
    expectSame(master.current, { a: 1 });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'ERR_INVALID_ARG'],
    ['null', null, 'ERR_INVALID_ARG'],
    ['neither value nor issues', {}, 'ERR_INVALID_ARG'],
    ['issues that are no list', { issues: 7 }, 'ERR_SCHEMA'],
    ['no issue', { issues: [] }, 'ERR_SCHEMA'],
    ['issues of no form', { issues: [null, 7, { path: [Symbol('s'), null, { key: Symbol('k') }] }] }, 'ERR_SCHEMA'],
  ])('that answers with %s is refused', (_, answer, code) => {
    const master = openMaster<unknown>(newDirectory(), { schema: standard(() => answer) });
    expect(codeOf(() => master.write(1))).toBe(code);
    expect(master.version).toBe(0);
  });

  it.each([null, {}, { '~standard': {} }, { '~standard': { validate: 1 } }, 'zod', () => true])(
    'must be one: %o is refused',
    (schema) => {
      expect(codeOf(() => openMaster(newDirectory(), { schema: schema as never }))).toBe('ERR_INVALID_ARG');
    },
  );
});
