import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { regions } from '../../src/index.js';
import { dir, jsonmmap } from './command.js';

const path = (name: string): string => join(dir, name);
const schema = path('schema.json');

beforeAll(() => {
  writeFileSync(path('base.yaml'), 'limits: &l\n  rpm: many\n  list: [1, two]\ncopy: *l\n');
  writeFileSync(path('site.json'), '{\n  "limits": {"rpm": 1.5}\n}\n');
  writeFileSync(path('site.toml'), '[limits]\nrpm = "x"\n');
  const limits = {
    properties: { rpm: { type: 'integer' }, list: { items: { type: 'integer' } } },
    additionalProperties: false,
  };
  writeFileSync(schema, JSON.stringify({ properties: { limits, copy: limits } }));
});

async function lines(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await jsonmmap(['validate', ...words, '--schema', schema]);
  expect({ code, stderr }).toEqual({ code: 6, stderr: '' });
  return stdout.replaceAll(`${dir}/`, '').trimEnd().split('\n');
}

describe('validate', () => {
  it('names what is wrong by pointer, line and column, also behind an alias', async () => {
    expect(await lines(path('base.yaml'))).toEqual([
      'base.yaml:2:8: /limits/rpm must be integer',
      'base.yaml:3:13: /limits/list/1 must be integer',
      'base.yaml:2:8: /copy/rpm must be integer',
      'base.yaml:3:13: /copy/list/1 must be integer',
      '✗ base.yaml  4 problems',
    ]);
  });

  it('names the layer that a value is from, and no line where the format does not tell', async () => {
    expect((await lines(path('base.yaml'), path('site.json')))[0]).toBe('site.json:2:21: /limits/rpm must be integer');
    expect(await lines(path('site.toml'))).toEqual(['/limits/rpm must be integer', '✗ site.toml  1 problem']);
  });

  it('says the same as JSON', async () => {
    const { code, stdout } = await jsonmmap(['validate', '-', '--schema', schema, '--json'], {
      input: '{"limits":{"other":1}}',
    });
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      files: ['standard input'],
      schema,
      issues: [
        {
          path: '/limits',
          message: 'must NOT have additional properties ("other")',
          file: 'standard input',
          line: 1,
          column: 11,
        },
      ],
    });
  });

  it('without a schema checks that the files can be read and that a region can hold them', async () => {
    const { code, stdout } = await jsonmmap(['validate', path('base.yaml'), path('site.json')]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^✓ .* {2}valid: \d+ bytes in a region\n$/),
    });
    expect((await jsonmmap(['validate'], { input: '{"a":1,"a":2}' })).code).toBe(2);
    const large = JSON.stringify('x'.repeat(300_000));
    expect(await jsonmmap(['validate', '--max-bytes', '200k'], { input: large })).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('allow more with --max-bytes'),
    });
    expect(regions({ dir })).toEqual([]);
  });

  it('reads standard input only once', async () => {
    const { code, stderr } = await jsonmmap(['validate', '-', '-']);
    expect(code).toBe(2);
    expect(stderr).toContain('standard input can be read only once');
  });
});
