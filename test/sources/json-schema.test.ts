import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadJsonSchema } from './kit.js';

const directory = mkdtempSync(join(tmpdir(), 'schemas-'));
const path = join(directory, 'schema.json');
afterAll(() => rmSync(directory, { recursive: true }));

async function validator(schema: unknown, timeoutMs?: number) {
  writeFileSync(path, typeof schema === 'string' ? schema : JSON.stringify(schema));
  return (await loadJsonSchema(path, { timeoutMs }))['~standard'].validate;
}

const refused = (message: string) =>
  expect.objectContaining({ code: 'ERR_SOURCE', message: expect.stringContaining(message) });

describe('loadJsonSchema', () => {
  // Each draft with a keyword that only it, or it and its next of kin, understands like this.
  it.each([
    [undefined, { exclusiveMinimum: 1 }],
    ['http://json-schema.org/draft-04/schema#', { minimum: 1, exclusiveMinimum: true }],
    ['http://json-schema.org/draft-06/schema#', { exclusiveMinimum: 1, examples: [2] }],
    ['http://json-schema.org/draft-07/schema', { if: { not: { const: 1 } }, else: false }],
    ['https://json-schema.org/draft-07/schema#', { exclusiveMinimum: 1 }],
    ['https://json-schema.org/draft/2019-09/schema', { dependentRequired: { port: ['host'] } }],
    ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ exclusiveMinimum: 1 }] }],
  ])('validates by %s: %j', async ($schema, keywords) => {
    const noise = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
    const validate = await validator({
      ...($schema && { $schema }),
      properties: { port: { type: 'integer' } },
      ...keywords,
    });
    const [good, bad] =
      'prefixItems' in keywords
        ? [[2], [1]]
        : 'dependentRequired' in keywords
          ? [{ port: 1, host: 1 }, { port: 1 }]
          : [2, 1];
    expect(await validate(good)).toEqual({ value: good });
    expect(await validate(bad)).toHaveProperty('issues');
    expect(await validate({ port: 'x', host: 1 })).toEqual({
      issues: [{ message: 'must be integer', path: ['port'] }],
    });
    for (const spy of noise) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it.each(['draft-04', 'draft-06', 'draft-07', 'draft/2019-09', 'draft/2020-12'])(
    'checks formats in %s',
    async (draft) => {
      const validate = await validator({
        $schema: `http://json-schema.org/${draft}/schema#`,
        properties: { mail: { format: 'email' }, when: { format: 'date-time' }, own: { format: 'of-our-own' } },
      });
      expect(await validate({ mail: 'a@example.com', when: '2024-02-29T00:00:00Z', own: '?' })).toHaveProperty('value');
      expect(await validate({ mail: 'nobody' })).toEqual({
        issues: [{ message: 'must match format "email"', path: ['mail'] }],
      });
      expect(await validate({ when: '2023-02-29T00:00:00Z' })).toHaveProperty('issues');
    },
  );

  it.each(['http://json-schema.org/draft-03/schema#', 'https://example.com/mine', 7])(
    'refuses the $schema %s, and names those that work',
    async ($schema) => {
      await expect(validator({ $schema })).rejects.toThrow(
        refused('only draft-04, draft-06, draft-07, 2019-09 and 2020-12 work'),
      );
    },
  );

  it.each([
    [{ type: 'nonsense' }, 'is no JSON Schema: /type must be equal to one of the allowed values'],
    [
      { $schema: 'http://json-schema.org/draft-04/schema#', minimum: '1' },
      'is no JSON Schema: /minimum must be number',
    ],
    [{ pattern: '(' }, 'is no JSON Schema: '],
    [{ $ref: 'https://example.com/other.json' }, 'it refers to https://example.com/other.json, which is not in it'],
    [{ $async: true }, 'it has $async'],
    [[], 'is no JSON Schema: it must be an object, true or false'],
    ['1', 'is no JSON Schema: it must be an object, true or false'],
    ['{"type": "object", "type": "array"}', 'schema.json:1:20: the key "type" appears twice'],
    [`${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`, 'is nested too deeply'],
  ])('refuses %j in one message', async (schema, message) => {
    await expect(validator(schema)).rejects.toThrow(refused(message));
  });

  it('refuses documents that a recursive schema cannot be followed through', async () => {
    const tree = await validator({
      $ref: '#/definitions/n',
      definitions: { n: { properties: { a: { $ref: '#/definitions/n' } } } },
    });
    const levels = 100_000;
    const deep = JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
    const message = 'is nested more deeply than the schema can be followed';
    expect(await tree({ a: { a: 1 } })).toHaveProperty('value');
    expect(await tree(deep)).toEqual({ issues: [{ message }] });
    expect(await (await validator({ $ref: '#' }))(1)).toEqual({ issues: [{ message }] });
  });

  it('gives a pattern that never ends up', async () => {
    const validate = await validator({ pattern: '^(a+)+$' }, 300);
    expect(await validate(`${'a'.repeat(60)}b`)).toEqual({
      issues: [{ message: expect.stringContaining('checking it took longer than 0.3 s') }],
    });
    expect(await validate('aaa')).toEqual({ value: 'aaa' });
  });
});
