import { describe, expect, it } from 'vitest';
import { FORMATS, valueIn } from './kit.js';

/** The same number in each format, on line 2. */
const documents = {
  json: (number: string) => `{"a": [0],\n "b": [${number}]}`,
  jsonc: (number: string) => `{"a": 0, // 1e999\n "b": [${number}],}`,
  json5: (number: string) => `{a: '1e999',\n b :[${number}]}`,
  yaml: (number: string) => `a: "1e999"\nb:  [${number}]`,
  toml: (number: string) => `a = "1e999" # 1e999\nb = [${number}]`,
};

describe.each(FORMATS)('numbers of %s', (format) => {
  const b = (number: string, round = false) =>
    (valueIn(format, documents[format](number), round) as { b: number[] }).b[0];

  it.each([
    '0',
    '-7',
    '9007199254740991',
    '9007199254740992',
    '-9007199254740994',
    '1152921504606846976', // 2^60, which a double has, though it prints as another number
    '0.1',
    '3.141592653589793238',
    '1e21',
    '1.0e+300',
    '1.7976931348623157e308',
    '5e-324',
    '0e999',
    '0.0',
  ])('takes %s', (number) => {
    expect(b(number)).toBe(Number(number));
  });

  it.each([
    '812345678901234567',
    '-9007199254740993',
    '9007199254740993.0',
    '123456789012345678e3',
    '1e-400',
    '-0.1e-400',
  ])('refuses %s with its place, and rounds it where that is asked for', (number) => {
    expect(() => b(number)).toThrow(/^2:\d+: the number .* would become .*--round-numbers$/);
    expect(() => b(number)).toThrow(`2:${documents[format](number).split('\n')[1].indexOf(number) + 1}: `);
    expect(b(number, true) + 0).toBe(Number(number) + 0); // JSON.parse has a -0
  });

  it('refuses what is infinite, rounded or not', () => {
    expect(() => b('1e400')).toThrow('JSON has no number 1e400: write it as text');
    expect(() => b('-1e400', true)).toThrow('JSON has no number -1e400');
  });
});

it.each([
  ['json5', '[Infinity]', '1:2: JSON has no number Infinity'],
  ['json5', '{a: -Infinity}', '1:5: JSON has no number -Infinity'],
  ['json5', '[NaN]', '1:2: JSON has no number NaN'],
  ['json5', '[0x20000000000001]', '1:2: the number 0x20000000000001 would become'],
  ['yaml', 'a: .inf', '1:4: JSON has no number .inf'],
  ['yaml', 'a: .NaN', '1:4: JSON has no number .NaN'],
  ['yaml', 'a: 0x20000000000001', '1:4: the number 0x20000000000001 would become'],
  ['yaml', '812345678901234567: a', '1:1: the number 812345678901234567'],
  ['toml', 'a.b = -inf', '1:7: JSON has no number -inf'],
  ['toml', 'a = {b = [nan]}', '1:11: JSON has no number nan'],
  ['toml', 'a = 812_345_678_901_234_567', '1:5: the number 812_345_678_901_234_567 would become'],
  ['toml', 'a = 0o77777777777777777777', '1:5: the number 0o77777777777777777777 would become'],
] as const)('%s %j is refused', (format, text, message) => {
  expect(() => valueIn(format, text)).toThrow(message);
});

it.each([
  ['json5', '{Infinity: +1, NaN: .5, b: 0xff, c: 5.}', { Infinity: 1, NaN: 0.5, b: 255, c: 5 }],
  [
    'yaml',
    '{a: 0xff, b: 0o17, c: 010, d: "812345678901234567", e: !!float 5}',
    { a: 255, b: 15, c: 10, d: '812345678901234567', e: 5 },
  ],
  ['yaml', '%YAML 1.1\n---\na: 1_000\nb: 190:20:30\nc: yes\n', { a: 1000, b: 685230, c: true }],
  [
    'toml',
    'inf = 0b11\n1e400 = 1_000\nnan.x = [+99, """\n1e400""", \'812345678901234567\']',
    { inf: 3, '1e400': 1000, nan: { x: [99, '1e400', '812345678901234567'] } },
  ],
] as const)('%s %j has all of its numbers', (format, text, value) => {
  expect(valueIn(format, text)).toEqual(value);
});
