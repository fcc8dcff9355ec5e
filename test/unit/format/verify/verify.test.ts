import { describe, expect, it } from 'vitest';
import { hiOf, Kind, Tag } from '../../../../src/format/layout.js';
import { type Verification, verify } from '../../../../src/format/verify/verify.js';
import { Copier } from '../../../../src/format/write/copy.js';
import { encode } from '../../../../src/format/write/encode.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { MemorySegment } from '../../memory-segment.js';
import { type Written, written } from '../../written.js';

function check({ segment, lo, hi }: Pick<Written, 'segment' | 'lo' | 'hi'>): Verification {
  return verify(segment, lo, hi);
}

const keyed = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, `value ${i}`]));
const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, i]));
const twice = (value: unknown) => [value, value];
const ones = (count: number) => Array.from({ length: count }, () => 1);

describe('a tree as it was written has no problems', () => {
  it.each<[string, unknown, Partial<Verification>]>([
    ['a scalar', 7, { nodes: 0, containers: 0, depth: 0, liveBytes: 0 }],
    ['a string outside of its slot', 'seven characters', { nodes: 0, strings: 1, liveBytes: 16 }],
    ['an empty object', {}, { nodes: 2, containers: 1, shapes: 1, depth: 1, liveBytes: 24 }],
    ['an array of scalars', [1, 2.5, null], { nodes: 1, containers: 1, liveBytes: 32 }],
    ['a leaf that two slots name', [[1], [1]], { nodes: 2, containers: 2, depth: 2, liveBytes: 16 + 24 }],
    ['a string that two slots name', ['seven characters', 'seven characters'], { strings: 1, liveBytes: 16 + 24 }],
    ['a long string', 'x'.repeat(70_000), { nodes: 0, strings: 1, liveBytes: 70_008 }],
    ['a long wide string', '\u{1f600}'.repeat(35_001), { strings: 1, liveBytes: 140_016 }],
    ['a large object', keyed(1000), { containers: 1, shapes: 0, strings: 900 + 1000 }],
    [
      'a short key in its slot that looks like the slot of a long one',
      twice({ ['k'.repeat(70)]: 1, '@': 2, ...numbered(70) }),
      {},
    ],
    ['a large array', ones(10_000), { containers: 1, depth: 1 }],
    ['nested 5,000 deep', JSON.parse('['.repeat(5000) + ']'.repeat(5000)), { containers: 5000, depth: 5000 }],
  ])('%s', (_, value, expected) => {
    expect(check(written(value))).toMatchObject({ ...expected, problems: [] });
  });

  it('after compaction, node ids kept', () => {
    const list = Array.from({ length: 500 }, (_, i) => ({ i }));
    const old = written({ list, keyed: keyed(300), deep: [[[[{}]]]] });
    const fresh = new MemorySegment({ number: 2, nodeIdBase: old.segment.head / 8 });
    const writer = new Writer(fresh);
    new Copier(old.writer.reader, writer).copy(old.lo, old.hi);
    const { lo, hi } = writer;
    writer.finish();
    expect(check({ segment: fresh, lo, hi })).toEqual(check(old));
  });

  it('where rolled back bytes were written over', () => {
    const { segment, writer } = written({});
    const mark = writer.mark();
    encode(writer, Array(20_000).fill(-0.1));
    writer.rollback(mark);
    encode(writer, [`${'x'.repeat(65_537)}`, 'λ'.repeat(65_537), 'seven c', 'λ', keyed(100), Array(100).fill(0)]);
    const { lo, hi } = writer;
    expect(check({ segment, lo, hi }).problems).toEqual([]);
  });

  it('after a copy within the segment', () => {
    const source = written({ list: Array.from({ length: 100 }, (_, i) => ({ i })), keyed: keyed(100) });
    const { writer, lo, hi } = source;
    new Copier(writer.reader, writer).copy(lo, hi);
    const pair = Int32Array.of(lo, hi, writer.lo, writer.hi);
    const word = writer.node(Kind.ARRAY, 2, 24);
    source.segment.i32.set(pair, word + 2);
    expect(check({ ...source, lo: word / 2, hi: hiOf(Tag.ARRAY) }).problems).toEqual([]);
  });
});

/** The words of a segment, to be damaged. */
class Bytes {
  readonly #segment: MemorySegment;
  /** The first slot of the array that is the root, or the words behind the header of an object. */
  readonly first: number;

  constructor({ segment, lo }: Written) {
    this.#segment = segment;
    this.first = lo * 2 + 2;
  }

  get(word: number): number {
    return this.#segment.i32[word];
  }

  set(word: number, value: number): void {
    this.#segment.i32[word] = value;
  }

  add(word: number, value: number): void {
    this.#segment.i32[word] += value;
  }

  xor(word: number, bits: number): void {
    this.#segment.i32[word] ^= bits;
  }

  double(word: number, value: number): void {
    this.#segment.f64[word / 2] = value;
  }

  byte(offset: number, value: number): void {
    this.#segment.bytes[offset] = value;
  }

  /** A bucket of two entries or more below the trie node at `unit`. */
  bucket(unit = this.get(this.first + 2)): { word: number; count: number } | undefined {
    const word = unit * 2;
    const count = this.get(word + 1) >>> 20;
    if (((this.get(word + 1) >>> 16) & 15) === Kind.BUCKET) return count < 2 ? undefined : { word, count };
    const children = Array.from({ length: count }, (_, i) => this.bucket(this.get(word + 3 + i)));
    return children.find((bucket) => bucket !== undefined);
  }
}

type Damage = [name: string, value: unknown, inflict: (bytes: Bytes) => void, problem: RegExp];

const inSlots: Damage[] = [
  ['a double that is an integer', [1.5], (b) => b.double(b.first, 3), /32-bit integer/],
  ['zero as a double', [1.5], (b) => b.double(b.first, 0), /32-bit integer/],
  ['not a number', [1.5], (b) => b.double(b.first, Number.NaN), /not finite/],
  ['infinity', [1.5], (b) => b.double(b.first, Number.POSITIVE_INFINITY), /not finite/],
  ['an unknown constant', [null], (b) => b.set(b.first, 3), /constant is unknown/],
  ['an aux behind an integer', [1], (b) => b.xor(b.first + 1, 1), /aux/],
  ['an aux behind an object', [{}], (b) => b.xor(b.first + 1, 1), /aux/],
  ['bytes behind an inline string', ['ab'], (b) => b.xor(b.first, 0x610000), /behind its end/],
  ['bytes behind a longer inline string', ['abcde'], (b) => b.xor(b.first + 1, 0x6100), /behind its end/],
  ['a short string outside of its slot', ['seven c'], (b) => b.add(b.first + 1, -1), /fits its slot/],
  ['a wide string at an odd byte', ['wide Ω text'], (b) => b.add(b.first, -1), /odd byte/],
  ['a wide string of Latin-1', ['wide Ω'], (b) => b.byte(b.get(b.first) + 11, 0), /no wide character/],
  ['a string in the header', ['seven c'], (b) => b.set(b.first, 8), /does not lie before/],
  ['a string behind its node', ['seven c'], (b) => b.set(b.first, b.first * 4), /does not lie before/],
  ['strings that overlap', ['seven c', 'eight ch'], (b) => b.add(b.first + 2, -2), /overlaps/],
  ['a string in a node', [[1.5], 'eight ch'], (b) => b.set(b.first + 2, b.get(b.first) * 8), /overlaps/],
  ['a short long string', ['x'.repeat(65_536)], (b) => b.add(b.get(b.first) * 2, -8), /long string is short/],
  ['padding', ['x'.repeat(65_537)], (b) => b.byte(b.get(b.first) * 8 + 65_548, 1), /padding/],
  ['a width of a long string', ['x'.repeat(65_537)], (b) => b.xor(b.get(b.first) * 2 + 1, 1 << 21), /malformed/],
];

const inNodes: Damage[] = [
  ['a container behind its node', [[]], (b) => b.set(b.first, b.first / 2), /does not lie before/],
  ['a container in the header', [[]], (b) => b.set(b.first, 1), /does not lie before/],
  ['a subtree that two slots name', [[[1]], [[2]]], (b) => b.set(b.first + 2, b.get(b.first)), /several slots/],
  ['an object where an array is', [[1], [1]], (b) => b.set(b.first + 3, hiOf(Tag.OBJECT)), /several slots/],
  ['a node id in the future', [[]], (b) => b.add(b.first - 2, 1), /future/],
  [
    'a node id of another node',
    [[1], [2]],
    (b) => b.set(b.get(b.first + 2) * 2, b.get(b.get(b.first) * 2)),
    /its node id/,
  ],
  ['a small array that is large', [1], (b) => b.xor(b.first - 1, 64 << 20), /array/],
  ['bits behind the shape of an object', { a: 1 }, (b) => b.set(b.first + 1, 1), /mean nothing/],
  ['a node id of a shape', { a: 1 }, (b) => b.set(b.get(b.first) * 2, 1), /mean nothing/],
  ['a shape out of order', { 1: 1, 2: 2 }, (b) => b.set(b.get(b.first) * 2 + 2, '3'.charCodeAt(0)), /JSON's order/],
  ['a shape with one key twice', { a: 1, b: 2 }, (b) => b.add(b.get(b.first) * 2 + 2, 1), /repeats a key/],
  ['a key that is no string', { a: 1 }, (b) => b.set(b.get(b.first) * 2 + 3, hiOf(Tag.INTEGER)), /no string/],
];

const inLarge: Damage[] = [
  ['a root with a count', keyed(100), (b) => b.xor(b.first - 1, 1 << 20), /mean nothing/],
  ['a root with too many entries', keyed(100), (b) => b.set(b.first, 101), /its root says 101/],
  ['a next ordinal that is too low', keyed(100), (b) => b.set(b.first + 1, 99), /ordinal 99/],
  ['a next ordinal that is too high', keyed(100), (b) => b.set(b.first + 1, 9999), /too far ahead/],
  ['an index whose ends do not add up', ones(200), (b) => b.add(b.first + 1, 1), /another length/],
  ['a leaf that an index names twice', ones(200), (b) => b.set(b.first + 2, b.get(b.first)), /shared/],
  ['an index that is its own child', ones(200), (b) => b.set(b.first + 2, (b.first - 2) / 2), /outside of it/],
];

type BucketDamage = [name: string, inflict: (b: Bytes, word: number, count: number) => void, problem: RegExp];

const inBuckets: BucketDamage[] = [
  ['a hash of no key', (b, word) => b.xor(word + 2, 1 << 31), /not the hash of its key/],
  ['a hash of another bucket', (b, word) => b.xor(word + 2, 1), /a key of another hash/],
  ['an ordinal twice', (b, word, count) => b.set(word + 2 + count, b.get(word + 3 + count)), /appears twice/],
  ['an empty bucket', (b, word) => b.set(word + 1, b.get(word + 1) & 0xfffff), /malformed|empty/],
  [
    'a key twice',
    (b, word, count) => {
      const keys = word + 2 + 2 * count;
      b.set(word + 2, b.get(word + 3));
      b.set(keys, b.get(keys + 2));
      b.set(keys + 1, b.get(keys + 3));
    },
    /the key "key \d+" appears twice/,
  ],
];

describe('verify finds', () => {
  it.each([...inSlots, ...inNodes, ...inLarge])('%s', (_, value, inflict, problem) => {
    const whole = written(value);
    inflict(new Bytes(whole));
    expect(check(whole).problems.join('\n')).toMatch(problem);
  });

  it.each(inBuckets)('%s in a large object', (_, inflict, problem) => {
    const whole = written(keyed(1000));
    const bytes = new Bytes(whole);
    const { word, count } = bytes.bucket() ?? { word: 0, count: 0 };
    expect(count).toBeGreaterThan(1);
    inflict(bytes, word, count);
    expect(check(whole).problems.join('\n')).toMatch(problem);
  });

  it('more problems than anybody reads, and says how many', () => {
    const whole = written(Array.from({ length: 500 }, (_, i) => i + 0.5));
    whole.segment.f64.forEach((number, i) => {
      if (number % 1 === 0.5) whole.segment.f64[i] = 7;
    });
    const { problems } = check(whole);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('400 more problems');
  });
});
