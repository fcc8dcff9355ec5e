import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../../src/cli/environment.js';

const textOf = (...args: Parameters<typeof environmentOf>) =>
  environmentOf(...args).map(([name, text]) => `${name}=${text}`);

const refused = (value: unknown, options = {}) => {
  try {
    environmentOf(value, options);
  } catch (error) {
    return error as Error & { code: string; summary: string; cure: string };
  }
  throw new Error('nothing was thrown');
};

describe('environment variables of a document', () => {
  it('have the keys of the path as their names, and come in the order of the document', () => {
    const value = { z: 1, a: { b: 'text', 'c-d.e f': true }, list: ['x', { y: 2.5 }], _own: 'u' };
    expect(textOf(value)).toEqual(['Z=1', 'A_B=text', 'A_C_D_E_F=true', 'LIST_0=x', 'LIST_1_Y=2.5', '_OWN=u']);
  });

  it('say null, empty texts and empty containers, so that nothing is lost', () => {
    expect(textOf({ n: null, s: '', o: {}, a: [] })).toEqual(['N=', 'S=', 'O={}', 'A=[]']);
    expect([textOf({}), textOf([])]).toEqual([[], []]);
  });

  it('have numbers as JSON writes them', () => {
    expect(textOf({ a: 1e21, b: -0.1, c: 2 ** 53 })).toEqual(['A=1e+21', 'B=-0.1', 'C=9007199254740992']);
  });

  it('take a prefix unchanged, and a separator between keys', () => {
    expect(textOf({ a: { b: 1 } }, { prefix: 'my_', separator: '__' })).toEqual(['my_A__B=1']);
    expect(textOf('text', { prefix: 'VALUE' })).toEqual(['VALUE=text']);
  });

  it('keep texts of several lines, quotes and anything else that the system takes', () => {
    expect(textOf({ a: `line 1\nline 2\t'"$\u001b😀` })).toEqual([`A=line 1\nline 2\t'"$\u001b😀`]);
  });

  it('know keys of the prototype as keys', () => {
    expect(textOf(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'))).toEqual(['__PROTO___X=1', 'CONSTRUCTOR=2']);
  });

  it('are refused where two paths have one name, which names both', () => {
    const error = refused({ a: { b: 1 }, a_b: 2 });
    expect(error).toMatchObject({ code: 'ERR_FORMAT' });
    expect(error.summary).toBe('/a/b and /a_b would both be the environment variable A_B');
    expect(textOf({ a: { b: 1 }, a_b: 2 }, { separator: '__' })).toEqual(['A__B=1', 'A_B=2']);
    expect(refused({ key: 1, KEY: 2 }).summary).toContain('/key and /KEY');
  });

  it.each([
    [{ a: { größe: 1 } }, '/a/größe has a key with "ö", which the name of an environment variable cannot have'],
    [['x'], '/0 would be 0, which begins with a digit as an environment variable'],
    [{ '': 1 }, '/ would have an empty name as an environment variable'],
    ['text', 'the value would have an empty name as an environment variable'],
    [{ a: 'x\0y' }, '/a has a NUL character, which no environment variable can hold'],
    [{ a: '\ud800' }, '/a has half of a surrogate pair, which no environment variable can hold'],
  ])('are refused for %j', (value, summary) => {
    expect(refused(value)).toMatchObject({ code: 'ERR_FORMAT', summary });
  });

  it('take a deep document up to a limit, and no stack beyond it', () => {
    const nested = (levels: number) => {
      let value: unknown = 1;
      for (let i = 0; i < levels; i++) value = { a: value };
      return value;
    };
    expect(environmentOf(nested(1000))[0][0]).toHaveLength(1999);
    expect(refused(nested(1001)).summary).toContain('deeper than 1,000 levels');
    expect(refused(nested(100_000)).code).toBe('ERR_FORMAT');
  });
});
