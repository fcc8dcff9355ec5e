import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { bounds, type Path, pointerOf, recentTokens, tokensOf } from '../../../src/format/pointer.js';
import { casesOf } from '../../effort.js';

describe('a pointer', () => {
  // The examples of RFC 6901, section 5, and what lies around them.
  it.each<[string, string[]]>([
    ['', []],
    ['/', ['']],
    ['/foo', ['foo']],
    ['/foo/0', ['foo', '0']],
    ['/a~1b', ['a/b']],
    ['/m~0n', ['m~n']],
    ['/~01', ['~1']],
    ['/~10', ['/0']],
    ['/~0~1~0', ['~/~']],
    ['//', ['', '']],
    ['/ ', [' ']],
    ['/-', ['-']],
    ['/__proto__/constructor', ['__proto__', 'constructor']],
    ['/\ud800/\u{1f600}', ['\ud800', '\u{1f600}']],
  ])('%j has the tokens %j', (pointer, tokens) => {
    expect(tokensOf(pointer)).toEqual(tokens);
    expect(tokensOf(pointer)).toEqual(tokens); // again, from the memo
    expect(pointerOf(tokens)).toBe(pointer);
  });

  it.each(['a', 'a/b', ' /a', '#/a', '~', '/~', '/~2', '/a~', '/~0~', '/~~1', '/ok/~x'])('%j is none', (text) => {
    expect(() => tokensOf(text)).toThrow(expect.objectContaining({ code: 'ERR_PATH_INVALID' }));
  });

  it('is quoted in the message, cut where it is long', () => {
    expect(() => tokensOf('users/0')).toThrow('"users/0" must begin with "/", or be empty for the whole document');
    expect(() => tokensOf(`x${'y'.repeat(5000)}`)).toThrow(/^.{100,250}$/);
  });

  it.each(['/new', '/new/', '//new/', '/new/1/\u{1f600}'])(
    '%j has bounds when it is new and many others are kept, and tokens when it comes again',
    (pointer) => {
      for (let i = 0; i < 20_000; i++) tokensOf(`/kept/${i}`);
      expect(recentTokens(pointer)).toBeUndefined();
      const tokens: string[] = [];
      for (let i = 0; bounds[i] < pointer.length; i++) tokens.push(pointer.slice(bounds[i] + 1, bounds[i + 1]));
      expect(recentTokens(pointer)).toEqual(tokens);
      expect(recentTokens(pointer)).toBe(recentTokens(pointer));
    },
  );

  it('has tokens at once in a process that has read little', async () => {
    vi.resetModules();
    const fresh: typeof import('../../../src/format/pointer.js') = await import('../../../src/format/pointer.js');
    expect(fresh.recentTokens('/first/one')).toEqual(['first', 'one']);
  });

  it.each<[string, string[]]>([
    ['', []],
    ['/new~1/~0', ['new/', '~']],
    [`/${'n'.repeat(64)}`, ['n'.repeat(64)]],
  ])('%j has tokens at once', (pointer, tokens) => {
    expect(recentTokens(pointer)).toEqual(tokens);
  });

  it.each(['new', '/new~', '/new/~2'])('%j is none at once', (text) => {
    expect(() => recentTokens(text)).toThrow(expect.objectContaining({ code: 'ERR_PATH_INVALID' }));
  });

  it('is remembered without mixing pointers up', () => {
    const pointers = Array.from({ length: 5000 }, (_, i) => `/${i % 7}/${i}`);
    for (let round = 0; round < 2; round++) {
      for (const [i, pointer] of pointers.entries()) expect(tokensOf(pointer)).toEqual([`${i % 7}`, `${i}`]);
    }
  });
});

describe('a list of tokens', () => {
  it('may hold whole numbers', () => {
    expect(tokensOf(['a', 0, '', 2 ** 53 - 1])).toEqual(['a', '0', '', '9007199254740991']);
    expect(tokensOf([])).toEqual([]);
    expect(tokensOf(['a/b~'])).toEqual(['a/b~']);
  });

  it.each([
    [[-1]],
    [[1.5]],
    [[Number.NaN]],
    [[2 ** 53]],
    [[null]],
    [[{}]],
    [[['a']]],
    [null],
    [undefined],
    [7],
    [{ 0: 'a' }],
  ])('%j is none', (path) => {
    expect(() => tokensOf(path as unknown as Path)).toThrow(expect.objectContaining({ code: 'ERR_PATH_INVALID' }));
  });

  it('with a hole is none', () => {
    expect(() => tokensOf(new Array(2) as string[])).toThrow('token 0 must be a string');
  });

  it('is copied', () => {
    const list = ['a'];
    const tokens = tokensOf(list);
    list[0] = 'b';
    expect(tokens).toEqual(['a']);
  });
});

it('pointers and tokens are inverse to each other', () => {
  const token = fc.oneof(fc.string(), fc.constantFrom('~', '/', '~0', '~1', '', '\ud800', '0', '__proto__'));
  fc.assert(
    fc.property(fc.array(token), (tokens) => {
      expect(tokensOf(pointerOf(tokens))).toEqual(tokens);
    }),
    { numRuns: casesOf(2000) },
  );
});
