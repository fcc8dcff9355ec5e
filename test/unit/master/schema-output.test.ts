/** What is published is what the schema puts out: defaults, coercions, and what it drops; and that passes the schema as it is. */
import { createRequire } from 'node:module';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { casesOf } from '../../effort.js';
import { diskParent, noDisk } from '../region/kit.js';
import { expectSame } from './agreement.js';
import { codeOf, newDirectory, openFollower, openMaster } from './kit.js';
import { json } from './reference.js';

const { default: Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv');

/** ajv changes what it validates, and documents are frozen: it gets a copy. */
function ajvSchema(schema: object): StandardSchemaV1<unknown, Config> {
  const check = new Ajv({ useDefaults: true, coerceTypes: true, strict: false }).compile(schema);
  return {
    '~standard': {
      version: 1,
      vendor: 'ajv',
      validate: (value) => {
        const copy = structuredClone(value);
        return check(copy) ? { value: copy as Config } : { issues: [{ message: String(check.errors?.[0].message) }] };
      },
    },
  };
}

interface Config {
  name: string;
  port: number;
  tags: string[];
  nested: { on: boolean };
}

const SCHEMAS: Record<string, StandardSchemaV1<unknown, Config>> = {
  zod: z.object({
    nested: z.object({ on: z.boolean().default(true) }).default({ on: true }),
    port: z.coerce.number().int().default(3000),
    name: z.string(),
    tags: z.array(z.string()).default([]),
  }),
  valibot: v.object({
    nested: v.optional(v.object({ on: v.optional(v.boolean(), true) }), { on: true }),
    port: v.fallback(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer()), 3000),
    name: v.string(),
    tags: v.optional(v.array(v.string()), []),
  }),
  ajv: ajvSchema({
    type: 'object',
    required: ['name'],
    properties: {
      nested: { type: 'object', default: {}, properties: { on: { type: 'boolean', default: true } } },
      port: { type: 'integer', default: 3000 },
      name: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' }, default: [] },
    },
  }),
};

describe.each(Object.entries(SCHEMAS))('%s', (_, schema) => {
  it('publishes defaults and coercions, in the order of the document, new keys last', () => {
    const dir = newDirectory();
    const master = openMaster<Config>(dir, { schema });
    expect(master.write({ name: 'a', port: '80' } as never)).toBe(1);
    const follower = openFollower<Config>(dir);
    expect(follower.current).toEqual({ name: 'a', port: 80, nested: { on: true }, tags: [] });
    expect(Object.keys(follower.current).slice(0, 2)).toEqual(['name', 'port']);
    expect(master.set('/port', '81')).toBe(2);
    expect(master.get('/port')).toBe(81);
    expect(master.set('/port', '81')).toBe(2);
    expect(master.merge({ nested: { on: null } })).toBe(2); // the default comes back: nothing has changed
    expect(master.get('/nested/on')).toBe(true);
    master.close();
    expect(openMaster<Config>(dir, { schema }).version).toBe(2);
  });

  it('fills in what a document that stands lacks, at the opening', () => {
    const dir = newDirectory();
    openMaster(dir, { initial: { name: 'a', port: 1 } }).close();
    const master = openMaster<Config>(dir, { schema });
    expect(master.version).toBe(2);
    expect(openFollower(dir).current).toEqual({ name: 'a', port: 1, nested: { on: true }, tags: [] });
  });

  it('refuses what it cannot coerce, and what stands stays', () => {
    const master = openMaster<Config>(newDirectory(), { schema, initial: { name: 'a' } as never });
    expect(codeOf(() => master.delete('/name'))).toBe('ERR_SCHEMA');
    expect(codeOf(() => master.set('/nested/on', 'neither'))).toBe('ERR_SCHEMA');
    expect(master.version).toBe(1);
  });

  it('writes only what differs', () => {
    const dir = newDirectory();
    const tags = Array.from({ length: 5000 }, (_, i) => `tag ${i} of many`);
    const master = openMaster<Config>(dir, { schema, initial: { name: 'a', port: 1, tags, nested: { on: true } } });
    const follower = openFollower<Config>(dir);
    const used = () => follower.history()[0].watermark;
    const [before, same] = [used(), follower.current.tags];
    master.set('/port', '81');
    expect(used() - before).toBeLessThan(2000);
    expect(follower.current.tags).toBe(same);
  });
});

describe('a schema', () => {
  it('that copies everything changes nothing, however much there is', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({ id: i, tags: ['a', i], at: { x: { y: i } } }));
    const wide = Object.fromEntries(rows.map((row) => [`key ${row.id}`, row]));
    const schema = z.object({
      rows: z.array(z.looseObject({})),
      wide: z.record(z.string(), z.looseObject({})),
      n: z.number(),
    });
    const master = openMaster<unknown>(newDirectory(), { schema, initial: { rows, wide, n: 0 } });
    const before = master.current as { rows: unknown };
    master.set('/n', 1);
    expect((master.current as { rows: unknown }).rows).toBe(before.rows);
    master.delete('/rows/5');
    expect(master.size('/rows')).toBe(2999);
  });

  const refused: Record<string, [schema: StandardSchemaV1, value: unknown]> = {
    'whose output is of another type': [z.string().transform(Number), '5'],
    'that changes its output again': [z.number().transform((n) => n + 1), 1],
    'that makes a Map': [z.array(z.string()).transform((list) => new Map(list.map((key) => [key, 1]))), ['a']],
    'that makes a Date it does not take': [z.number().transform((n) => new Date(n)), 0],
    'that makes NaN': [z.number().transform(() => Number.NaN), 1],
  };
  it.each(Object.entries(refused))('%s is refused, and nothing changes', (_, [schema, value]) => {
    const master = openMaster<unknown>(newDirectory(), { schema });
    expect(codeOf(() => master.write(value))).toBe('ERR_SCHEMA');
    expect(master.version).toBe(0);
    expect(master.current).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a BigInt', 1n],
    ['a function', () => {}],
  ])('whose output is %s is refused: JSON has no text for it', (_, output) => {
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ value: output }) } };
    const master = openMaster<unknown>(newDirectory(), { schema });
    expect(codeOf(() => master.write({ a: 1 }))).toBe('ERR_NOT_SERIALIZABLE');
    expect(master.version).toBe(0);
  });

  it('may put out what JSON gives the text of the document for', () => {
    const master = openMaster<{ at: Date }>(newDirectory(), { schema: z.object({ at: z.coerce.date() }) });
    expect(master.write({ at: new Date(0) })).toBe(1);
    expect(master.current).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(master.set('/at', '1970-01-01')).toBe(1);
    expect(master.set('/at', 86_400_000)).toBe(2);
    expect(master.current).toEqual({ at: '1970-01-02T00:00:00.000Z' });
  });

  it('that drops keys it does not know drops them from the document', () => {
    const master = openMaster<unknown>(newDirectory(), { schema: z.object({ a: z.number() }) });
    master.write({ extra: [1], a: 1, __proto__: null });
    expect(master.current).toEqual({ a: 1 });
    expect(master.set('/more', 1)).toBe(1);
  });

  it.skipIf(noDisk)(`has its say once a transaction, and in a group${noDisk}`, async () => {
    let asked = 0;
    const counting = z.object({ n: z.coerce.number() }).refine(() => ++asked > 0);
    const master = openMaster<{ n: number }>(newDirectory(diskParent), {
      schema: counting,
      durability: 'disk',
      groupMs: 1,
      initial: { n: 0 },
    });
    asked = 0;
    master.transaction(() => {
      master.set('/n', '1');
      master.set('/n', 2);
    });
    expect(asked).toBe(1);
    master.set('/n', '3');
    expect(asked).toBe(3); // what it has changed is looked at again
    expect(await master.durable()).toBe(2);
    expect(master.current).toEqual({ n: 3 });
  });

  it('makes of any document exactly what it puts out, but for the order of keys', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(value, value, (given, output) => {
        const schema: StandardSchemaV1 = {
          '~standard': { version: 1, vendor: 'test', validate: () => ({ value: structuredClone(output) }) },
        };
        const master = openMaster<unknown>(newDirectory(), { schema });
        master.write(given);
        expect(master.current).toEqual(json(output));
        master.close();
      }),
      { numRuns: casesOf(150) },
    );
  });

  it('takes a document as deep as the schema does', () => {
    const schema: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: JSON.parse(JSON.stringify(value)) }) },
    };
    const master = openMaster<unknown>(newDirectory(), { schema });
    const deep = JSON.parse(`${'[{"a":'.repeat(400)}1${'}]'.repeat(400)}`);
    expect(master.write(deep)).toBe(1);
    expectSame(master.current, deep);
  });
});
