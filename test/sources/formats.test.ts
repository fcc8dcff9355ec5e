import { describe, expect, it } from 'vitest';
import { explainJson } from '../../src/sources/formats/json.js';
import { formatOf } from '../../src/sources/formats/names.js';
import { FORMATS, valueIn } from './kit.js';

describe('keys that stand twice', () => {
  it.each([
    ['json', '{"a": 1,\n "a": 2}', '2:2: the key "a"'],
    ['json', '{"a": {"b": 1}, "c": [{"b": 1, "\\u0062": 2}]}', '1:32: the key "b"'],
    ['json', '{"__proto__": 1, "__proto__": 2}', '1:18: the key "__proto__"'],
    ['jsonc', '{"a": 1, /* "b": */ "a": 1}', '1:21: the key "a"'],
    ['json5', '{a: 1, a: 2}', '1:8: the key "a"'],
    ['json5', "{a: 1, 'a': 2}", '1:8: the key "a"'],
    ['json5', '{a: 1, // :\n"\\x61": 2}', '2:1: the key "a"'],
    ['json5', '{ab: 1,\u00a0a\\u0062: 2}', '1:9: the key "ab"'],
    ['yaml', 'a: 1\na: 2', '2:1: the key "a"'],
    ['yaml', '1: a\n"1": b', '2:1: the key "1"'],
    ['yaml', '{1: a, 1.0: b}', '1:8: the key "1"'],
    ['yaml', 'true: a\n"true": b', '2:1: the key "true"'],
    ['yaml', 'a: !!omap [b: 1, b: 2]', '1:'],
    ['yaml', 'a: !!set {b, b}', '1:10: a member occurs twice in this set'],
    ['toml', 'a = 1\na = 2', '2:1: '],
    ['toml', '[a]\nb = 1\n[a]', '3:2: '],
  ] as const)('in %s %j are refused', (format, text, message) => {
    expect(() => valueIn(format, text)).toThrow(message);
  });

  it.each([
    ['json', '{"a": {"a": [{"a": 1}, {"a": 2}]}, "b": {"a": ":\\"a\\":"}}'],
    ['jsonc', '{"a": {"a": [{"a": 1}, {"a": 2}]}, /* "a": */ "b": "a" // "a": 1\n}'],
    ['json5', "{a: {a: [{a: 'a:'}, {'b': \"a\"}]}, b: 'a', /* a: */}"],
    ['yaml', 'a: {a: [{a: 1}, {a: 2}]}\nb: {a: "a"}'],
    ['toml', 'a = {a = [{a = 1}, {a = 2}]}\n[b]\na = "a"'],
  ] as const)('in different objects of %s are none', (format, text) => {
    expect(Object.keys(valueIn(format, text) as object)).toEqual(['a', 'b']);
  });

  it('are found among many in a time that grows with their number', () => {
    const yaml = (keys: number): number => {
      const text = Array.from({ length: keys }, (_, i) => `key${i}: v`).join('\n');
      const start = process.cpuUsage();
      valueIn('yaml', text);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    yaml(2000);
    expect(yaml(40_000) / yaml(4000)).toBeLessThan(40); // 10 where it is linear, 100 where each is compared with each
  });
});

describe('YAML', () => {
  it.each([
    ['a: !!set {x, y}', { a: ['x', 'y'] }],
    ['a: !!omap [x: 1, y: 2]', { a: { x: 1, y: 2 } }],
    ['a: !!pairs [x: 1, x: 2]', { a: [{ x: 1 }, { x: 2 }] }],
    ['a: !!binary aGVsbG8=', { a: 'aGVsbG8=' }],
    ['a: !!timestamp 2023-02-28', { a: '2023-02-28T00:00:00.000Z' }],
    ['a: 2023-02-30', { a: '2023-02-30' }],
    ['a: ! 12', { a: '12' }],
    ['a: no\nb: 1:30', { a: 'no', b: '1:30' }],
    ['null: 1\n? true\n: 2', { null: 1, true: 2 }],
    ['a: &x 1\nb: *x\nc: &x 2\nd: *x', { a: 1, b: 1, c: 2, d: 2 }],
    ['a: &k x\n? *k\n: 1', { a: 'x', x: 1 }],
  ])('%j is JSON', (text, value) => {
    expect(valueIn('yaml', text)).toEqual(value);
  });

  it('merges << where it stands; what stands beside it wins', () => {
    const text = 'x: &x {p: 1, q: 1}\ny: &y {q: 2, r: 2}\na:\n  s: 0\n  <<: [*x, *y]\n  q: 9\n';
    expect(JSON.stringify((valueIn('yaml', text) as { a: object }).a)).toBe('{"s":0,"p":1,"q":9,"r":2}');
    expect(() => valueIn('yaml', 'a: &x 1\n<<: *x')).toThrow('2:5: what << merges must be an object');
  });

  it.each([
    ['a: !Ref x', '1:4: JSON has nothing for the tag !Ref'],
    ['a:\n  - !GetAtt [x, y]', '2:5: JSON has nothing for the tag !GetAtt'],
    ['a: !!set [1]', '1:4: '],
    ['a: !!python/object {}', '1:4: JSON has nothing for the tag tag:yaml.org,2002:python/object'],
    ['a: !!timestamp 2023-02-30', '1:16: there is no day 2023-02-30'],
    ['%YAML 1.1\n---\na: 2023-02-30', '3:4: there is no day 2023-02-30'],
    ['{{ name }}: 1', '1:2: a key of JSON is text'],
    ['a: 1\n---\nb: 2', '2:1: it holds several documents'],
    ['a: *b', '1:4: there is no anchor b'],
    ['a: &a {x: *a}', '1:11: the anchor a contains itself'],
    ['a: &a\n  <<: *a', '2:7: the anchor a contains itself'],
    ['['.repeat(20_000), 'nested too deeply for yaml'],
  ])('refuses %j', (text, message) => {
    expect(() => valueIn('yaml', text)).toThrow(message);
  });

  it('takes any number of aliases, and refuses what they unfold to beyond a limit without unfolding it', () => {
    const shared = Array.from({ length: 60 }, (_, i) => `  V${i}: value-${i}\n`).join('');
    const services = Array.from({ length: 1500 }, (_, i) => `  s${i}: {environment: *e}\n`).join('');
    const { services: all } = valueIn('yaml', `e: &e\n${shared}services:\n${services}`) as { services: object };
    expect(Object.keys(all)).toHaveLength(1500);
    const names = Array.from({ length: 300 }, (_, i) => `a${i}`);
    const list = (i: number) => (i === 0 ? '[lol]' : `[*a${i - 1}, *a${i - 1}, *a${i - 1}]`);
    expect(() => valueIn('yaml', names.map((name, i) => `${name}: &${name} ${list(i)}`).join('\n'))).toThrow(
      /^\d+:\d+: aliases unfold to more than 64 MiB/,
    );
    const merges = names.map((name, i) => `${name}: &${name} {k${i}: ${list(i)}}`).join('\n');
    expect(() => valueIn('yaml', merges)).toThrow('aliases unfold');
  });
});

describe('TOML', () => {
  it.each(['2023-02-30', '2023-02-29', '1900-02-29T00:00:00Z', '2024-04-31 10:00:00'])('refuses the day %s', (date) => {
    expect(() => valueIn('toml', `a = "2023-02-30" # 2023-02-30\nb = {c = [${date}]}`)).toThrow(
      `2:11: there is no day ${date.slice(0, 10)}`,
    );
  });

  it('takes the days that there are', () => {
    const text = '2023-02-30 = 2024-02-29\na = 2000-02-29T10:20:30+02:00\nb = 2023-12-31 23:59:59\nc = 10:00:00';
    expect(valueIn('toml', text)).toEqual({
      '2023-02-30': '2024-02-29',
      a: '2000-02-29T10:20:30.000+02:00',
      b: '2023-12-31T23:59:59.000',
      c: '10:00:00.000',
    });
  });

  it('is an empty object where it is empty', () => {
    for (const text of ['', '\n', '# nothing\n']) expect(valueIn('toml', text)).toEqual({});
  });
});

it.each([
  ['jsonc', '// {"a": 1}\n/* */'],
  ['json5', '/* a */ // b'],
  ['yaml', ''],
  ['yaml', '# port: 1\n'],
  ['yaml', '---\n'],
  ['yaml', '--- # x\n...\n'],
] as const)('%s %j holds nothing', (format, text) => {
  expect(valueIn(format, text)).toBeUndefined();
});

it.each(['~', 'null', '--- null', '!!null'])('YAML %j holds null', (text) => {
  expect(valueIn('yaml', text)).toBeNull();
});

it.each(FORMATS)('%s keeps __proto__ a key', (format) => {
  const text = format === 'toml' ? '__proto__ = {polluted = 9007199254740991}' : '{"__proto__": {"polluted": true}}';
  expect(Object.keys(valueIn(format, text) as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

it('JSON that is JSON with comments is told so', () => {
  expect(explainJson('{"a": 1, // x\n}').message).toContain('use --format jsonc');
  expect(explainJson('{"a": 1,}').message).toContain('use --format jsonc');
  expect(explainJson('{"a": tru}').message).not.toContain('jsonc');
});

it('formats are known by names', () => {
  const byName = {
    json: ['a.json', 'package.json', 'settings.json', 'mytsconfig.json'],
    jsonc: [
      'a.JSONC',
      'tsconfig.json',
      'dir/tsconfig.build.json',
      'jsconfig.json',
      '.eslintrc',
      '.vscode/settings.json',
      'x.code-workspace',
    ],
    json5: ['a.json5'],
    yaml: ['a.yml', 'dir.toml/a.yaml'],
    toml: ['a.toml'],
    undefined: ['a', 'a.txt'],
  };
  for (const [format, names] of Object.entries(byName))
    for (const name of names) expect(String(formatOf(name)), name).toBe(format);
});
