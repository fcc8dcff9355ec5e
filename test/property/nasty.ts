/** Generators of values that are hard to store, or that JSON treats in a way of its own. */
import fc from 'fast-check';

/** Lengths around every limit of the string formats. */
const lengths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 62, 63, 64, 65, 255, 256, 257];
const longLengths = [65_534, 65_535, 65_536, 70_000];
const alphabets = [
  'abcxyz',
  'a\0"\\\n\u007f',
  'éÿ\u0080\u00ff',
  'aéΩ\u0100',
  '\u{1f600}\u{10ffff}',
  '\ud800\udc00\udfff',
  '\u2028\uffff\ufeff',
];

const stretched = (length: fc.Arbitrary<number>) =>
  fc.tuple(length, fc.constantFrom(...alphabets), fc.boolean()).map(([size, alphabet, lastIsWide]) => {
    const text = alphabet.repeat(Math.ceil(size / alphabet.length)).slice(0, size);
    return lastIsWide && size > 0 ? `${text.slice(0, -1)}\u0100` : text;
  });

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 3, arbitrary: fc.string({ maxLength: 80 }) },
  { weight: 6, arbitrary: stretched(fc.constantFrom(...lengths)) },
);

export const longText: fc.Arbitrary<string> = stretched(fc.constantFrom(...longLengths));

const integerLike = [
  '0',
  '1',
  '2',
  '10',
  '9',
  '00',
  '01',
  '-0',
  '-1',
  '1.5',
  '4294967294',
  '4294967295',
  '4294967296',
  '9007199254740991',
];
const inherited = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  'toJSON',
];

export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 10 }) },
  { weight: 3, arbitrary: fc.constantFrom(...integerLike, ...inherited, '', ' ', 'a/b', '~', '~1', 'k\0') },
  { weight: 2, arbitrary: fc.nat(300).map(String) },
  { weight: 2, arbitrary: text },
);

const edges = [0, -0, 1, -1, 1e308, -1e308, 5e-324, 0.1, 1e21, 2 ** 53, 2 ** 53 - 1, 2 ** 63];
const borders = [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 30];
const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE];

const number = fc.oneof(fc.constantFrom(...edges, ...borders, ...strange), fc.double(), fc.integer());

/** What JSON has. */
const scalar: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(null, true, false), number, text);

/** What JSON leaves out, opens or calls. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(undefined, Symbol('s'), () => 1, class Empty {}, /x/g, new Error('e'), new Date(Number.NaN)),
  fc.constantFrom<unknown>(
    new Uint8Array([1, 2]),
    new ArrayBuffer(8),
    new WeakMap(),
    Promise.resolve(),
    globalThis.Math,
  ),
  fc.date({ noInvalidDate: true }),
  number.map((value) => Object(value)),
  text.map((value) => Object(value)),
  fc.boolean().map((value) => Object(value)),
  text.map((value) => Object.assign(() => value, { toJSON: () => value })),
);

class Point {
  readonly x: unknown;
  readonly #hidden = 1;

  constructor(x: unknown) {
    this.x = x;
  }

  get sum(): number {
    return this.#hidden;
  }
}

class Described extends Point {
  toJSON(key: string): unknown {
    return { key, x: this.x };
  }
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

function sparse(values: readonly unknown[], gap: number): unknown[] {
  const array: unknown[] = [];
  values.forEach((value, i) => {
    array[i * gap + 1] = value;
  });
  return array;
}

/** An object whose keys come in the order of `order`, which no plain object with integer-like keys would have. */
function reordered(object: Record<string, unknown>, turn: number): object {
  return new Proxy(object, {
    ownKeys(target) {
      const keys = Reflect.ownKeys(target);
      const at = turn % Math.max(1, keys.length);
      return [...keys.slice(at), ...keys.slice(0, at)].reverse();
    },
  });
}

function withAccessors(values: readonly unknown[]): object {
  const holder = Object.create({ inherited: 1 }) as Record<PropertyKey, unknown>;
  values.forEach((value, i) => {
    Object.defineProperty(holder, `k${i}`, { get: () => value, enumerable: i % 3 !== 2 });
  });
  holder[Symbol('key')] = 1;
  return holder;
}

/** JSON.rawJSON, where the runtime has it: a number that no double holds, texts, constants. */
function raw(): unknown[] {
  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };
  if (rawJSON === undefined) return [0];
  return ['12345678901234567890', '1e-400', '"raw \\ud800"', 'null', 'true'].map((text) => rawJSON(text));
}

/** Any value that a program could hand to JSON.stringify, but for cycles and BigInts. */
export const nasty: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => {
  const value = tie('value');
  const values = fc.array(value, { maxLength: 6 });
  const entries = fc.array(fc.tuple(key, value), { maxLength: 8 });
  return {
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      { weight: 5, arbitrary: scalar },
      { weight: 2, arbitrary: odd },
      { weight: 1, arbitrary: fc.constantFrom(...raw()) },
      { weight: 4, arbitrary: entries.map(fromEntries) },
      { weight: 4, arbitrary: values },
      {
        weight: 1,
        arbitrary: fc.tuple(values, fc.integer({ min: 1, max: 4 })).map(([list, gap]) => sparse(list, gap)),
      },
      { weight: 1, arbitrary: fc.tuple(entries, fc.nat(8)).map(([list, turn]) => reordered(fromEntries(list), turn)) },
      { weight: 1, arbitrary: values.map((list) => new Proxy(list, {})) },
      { weight: 1, arbitrary: values.map(withAccessors) },
      {
        weight: 1,
        arbitrary: entries.map((list) =>
          Object.assign(Object.create(null), fromEntries(list.filter(([k]) => k !== '__proto__'))),
        ),
      },
      { weight: 1, arbitrary: value.map((x) => new Point(x)) },
      { weight: 1, arbitrary: value.map((x) => new Described(x)) },
      { weight: 1, arbitrary: value.map((x) => ({ toJSON: () => x })) },
      { weight: 1, arbitrary: values.map((list) => new Set(list)) },
      {
        weight: 1,
        arbitrary: entries.map((list) =>
          Object.assign(new Map(list), fromEntries(list.filter(([k]) => k !== '__proto__'))),
        ),
      },
      { weight: 1, arbitrary: values.map((list) => Object.assign(list, { extra: 1 })) },
    ),
  };
}).value;
