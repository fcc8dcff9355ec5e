import { describe, expect, it } from 'vitest';
import { type Format, formatOf, parseDocument } from '../../src/sources/parse.js';

const parse = (format: Format, text: string | Uint8Array) => parseDocument(text, { format, file: `file.${format}` });

describe('parseDocument', () => {
  it.each<[Format, string, unknown]>([
    ['json', '{"a":[1,"é",null]}', { a: [1, 'é', null] }],
    ['jsonc', '// comment\n{"a": 1, /* another */ "b": [2,],}', { a: 1, b: [2] }],
    ['json5', "{a: 1, 'b': .5, c: 'x',}", { a: 1, b: 0.5, c: 'x' }],
    ['yaml', 'a: 1\nb: &anchor [x, y]\nc: *anchor\n', { a: 1, b: ['x', 'y'], c: ['x', 'y'] }],
    ['toml', 'a = 1\n[b]\nc = "x"\n', { a: 1, b: { c: 'x' } }],
  ])('reads %s', (format, text, value) => {
    expect(JSON.parse(JSON.stringify(parse(format, text)))).toEqual(value);
    expect(JSON.parse(JSON.stringify(parse(format, new TextEncoder().encode(`\uFEFF${text}`))))).toEqual(value);
  });

  it.each<Format>(['json', 'jsonc', 'json5', 'yaml'])('keeps __proto__ a key in %s', (format) => {
    const value = parse(format, '{"__proto__": {"polluted": true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each<[Format, string, string]>([
    ['json', '{\n  "a": tru\n}', 'file.json:2:8: invalid symbol'],
    ['json', '{"a": 1}}', 'file.json:1:9: end of file expected'],
    ['json', '{"a": 1,\n "a": 2}', 'file.json:2:2: the key "a" stands twice in one object'],
    ['jsonc', '{"a" 1}', 'file.jsonc:1:6: colon expected'],
    ['jsonc', '{"a": 1, "a": 1}', 'file.jsonc:1:10: the key "a" stands twice in one object'],
    ['json5', '{a:\n}', "file.json5:2:1: invalid character '}'"],
    ['yaml', 'a: 1\na: 2', 'file.yaml:2:1: Map keys must be unique'],
    ['toml', 'a = 1\na = 2', 'file.toml:2:1:'],
    ['json', '', 'file.json: it is empty'],
    ['yaml', ' \n', 'file.yaml: it is empty'],
  ])('says where and why %s %j cannot be read', (format, text, message) => {
    expect(() => parse(format, text)).toThrow(
      expect.objectContaining({ code: 'ERR_SOURCE', message: expect.stringContaining(message) }),
    );
  });

  it('says where a file stops being UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{\n"é": "'), Buffer.from([0xff, 0x22, 0x7d])]);
    expect(() => parse('json', bytes)).toThrow('file.json:2:7: it is not UTF-8');
  });

  it('reads JSON of any depth, and says so of other formats and of JSON that is none', () => {
    const deep = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
    let value = parse('json', deep);
    for (let level = 0; level < 20_000; level++) value = (value as unknown[])[0];
    expect(value).toBe(1);
    for (const format of ['jsonc', 'yaml', 'toml'] as const) {
      const text = format === 'toml' ? `a = ${deep}` : deep;
      expect(() => parse(format, text), format).toThrow(expect.objectContaining({ code: 'ERR_SOURCE' }));
    }
    expect(() => parse('json', `${deep}]`)).toThrow(expect.objectContaining({ code: 'ERR_SOURCE' }));
  });

  it('refuses a YAML bomb without unfolding it', () => {
    const levels = 'abcdefghi'.split('');
    const bomb = levels
      .map((name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? 'x' : `*${levels[i - 1]}`)}]`)
      .join('\n');
    expect(() => parse('yaml', bomb)).toThrow(expect.objectContaining({ code: 'ERR_SOURCE' }));
  });
});

it('knows formats by their extension', () => {
  expect(['a.json', 'a.JSONC', 'a.json5', 'a.yml', 'dir.toml/a.yaml', 'a.toml', 'a', 'a.txt'].map(formatOf)).toEqual([
    'json',
    'jsonc',
    'json5',
    'yaml',
    'yaml',
    'toml',
    undefined,
    undefined,
  ]);
});
