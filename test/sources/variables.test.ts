/** Environment variables in the strings of documents. */
import { describe, expect, it } from 'vitest';
import { withVariables } from '../../src/sources/variables.js';
import { parseDocument } from './kit.js';

const variables = { HOST: 'db1', EMPTY: '', NESTED: '${HOST}', _x1: 'y', MONEY: '$& $1 $$' };
const replaced = (value: unknown): unknown => withVariables(value, variables);

describe('withVariables', () => {
  it.each([
    ['${HOST}', 'db1'],
    ['tcp://${HOST}:${_x1}/', 'tcp://db1:y/'],
    ['${EMPTY}', ''],
    ['${EMPTY:-no}', 'no'],
    ['${NONE:-no}', 'no'],
    ['${NONE:-}', ''],
    ['${NONE:-a b: $ {}', 'a b: $ {'],
    ['${HOST:-no}', 'db1'],
    ['$${HOST}', '${HOST}'],
    ['$$${HOST}', '$${HOST}'],
    ['$HOST $ {HOST} {HOST}', '$HOST $ {HOST} {HOST}'],
    ['${NESTED}', '${HOST}'],
    ['${MONEY}', '$& $1 $$'],
    ['', ''],
  ])('makes %j %j', (text, expected) => {
    expect(replaced(text)).toBe(expected);
    expect(replaced({ a: [{ b: text }] })).toEqual({ a: [{ b: expected }] });
  });

  it('refuses one in the text of another, which it would leave as it is', () => {
    expect(() => replaced({ a: '${NONE:-${HOST}}' })).toThrow('/a has a ${ in the text for NONE');
    expect(() => replaced({ a: '${HOST:-$${x}}' })).toThrow('/a has a ${ in the text for HOST');
  });

  it('refuses a short document that names a long variable again and again', () => {
    const long = { LONG: 'x'.repeat(1024 * 1024) };
    const item = '${LONG}'.repeat(16);
    expect(withVariables([item, item, item, item], long)).toHaveLength(4);
    expect(() => withVariables([item, item, item, item, '${LONG}'], long)).toThrow('/4 is too long');
  });

  it('changes strings alone, and keeps them strings', () => {
    expect(withVariables({ '${HOST}': 1, n: null, t: true, port: '${PORT}' }, { PORT: '5432' })).toEqual({
      '${HOST}': 1,
      n: null,
      t: true,
      port: '5432',
    });
    expect([replaced(null), replaced(3), replaced([])]).toEqual([null, 3, []]);
  });

  it('leaves keys such as __proto__ what they are', () => {
    const value = replaced(JSON.parse('{"__proto__": {"a": "${HOST}"}, "b": {"__proto__": "${HOST}"}}'));
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":"db1"},"b":{"__proto__":"db1"}}');
  });

  it('takes no stack for depth', () => {
    let value: unknown = '${HOST}';
    for (let i = 0; i < 200_000; i++) value = [value];
    let at = replaced(value);
    while (Array.isArray(at)) at = at[0];
    expect(at).toBe('db1');
  });

  it.each([
    [{ a: { 'b/c': ['x', '${NONE}'] } }, '/a/b~1c/1 needs the environment variable NONE, which is not set'],
    ['${NONE}', 'the document needs the environment variable NONE'],
    [{ a: '${a.b}' }, '/a has a ${ that names no variable: write $${'],
    [{ a: '${' }, '/a has a ${ that names no variable'],
    [{ a: '${1x}' }, '/a has a ${ that names no variable'],
    [{ a: '${constructor}' }, '/a needs the environment variable constructor'],
  ])('refuses %j', (value, message) => {
    expect(() => withVariables(value, {})).toThrow(message);
  });
});

it('a document says in which file a variable is missing', async () => {
  const reading = { format: 'yaml', file: 'site.yaml', variables: {} } as const;
  await expect(parseDocument('db:\n  host: ${HOST}\n', reading)).rejects.toMatchObject({
    code: 'ERR_SOURCE',
    message: expect.stringContaining('site.yaml: /db/host needs the environment variable HOST'),
  });
  expect(await parseDocument('db:\n  host: ${HOST}\n', { ...reading, variables: undefined })).toEqual({
    db: { host: '${HOST}' },
  });
});
