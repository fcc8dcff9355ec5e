/** Damaged segments, and everything that may be read of them. */
import { JsonMmapError } from '../../src/errors.js';
import { hiOf, isArray, isContainer, Tag, tagOf } from '../../src/format/layout.js';
import { orderedEntries } from '../../src/format/read/entries.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import { viewOf } from '../../src/format/read/view.js';
import type { Segment } from '../../src/format/segment.js';
import { verify } from '../../src/format/verify/verify.js';
import { written } from '../unit/written.js';

/** A segment, and the root of a tree in it. */
export interface Tree {
  readonly segment: Segment;
  readonly lo: number;
  readonly hi: number;
}

const listOf = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
const objectOf = (length: number, value: (i: number) => unknown) =>
  Object.fromEntries(listOf(length, (i) => [`key ${i}`, value(i)]));

/** Documents that together have every tag and every kind of node, those first that are read fast. */
const documents: unknown[] = [
  { a: 1, b: [true, null, -1.5, 'two', 'a longer text', 'wide Ω'], c: { d: { e: {} } }, 7: [[], [[]]], '': 5e-324 },
  JSON.parse(`${'{"a":[1,'.repeat(40)}null${'],"b":2}'.repeat(40)}`),
  listOf(130, (i) => (i % 4 === 0 ? { version_added: String(i % 3) } : `element ${i}`)),
  {
    small: listOf(17, (i) => [i]),
    nested: objectOf(20, (i) => objectOf(i, (j) => j)),
    keys: { ['k'.repeat(70)]: 1, Ωmega: 2 },
  },
  { long: 'x'.repeat(65_600), wide: 'Ω'.repeat(300), narrow: listOf(40, (i) => 'é'.repeat(i * 3)) },
  objectOf(70, (i) => (i % 3 === 0 ? { i, list: [i, `text ${i}`] } : i / 3)),
  objectOf(700, (i) => i),
  [listOf(4200, (i) => i), 'Ω'.repeat(65_600)],
];

/** Room behind the limit, filled with a pattern that no result may depend on. */
const BEYOND = 1024;

/** The trees of `documents`, in memory that ends a little behind them. */
export const corpus: readonly Tree[] = documents.map((document) => {
  const { segment, lo, hi } = written(document);
  return { segment: segmentOf(segment.bytes.subarray(0, segment.limit), segment.limit), lo, hi };
});

function segmentOf(bytes: Uint8Array, limit: number): Segment {
  const buffer = new ArrayBuffer(bytes.length + BEYOND);
  new Uint8Array(buffer).set(bytes);
  return {
    number: 1,
    birthBase: 0,
    hashSeed: 0x5eed,
    limit,
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
    bytes: Buffer.from(buffer),
  };
}

/** A small random number generator (mulberry32, public domain), so that a seed tells a case. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to, and without, `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

/** Damages a copy of one of the `corpus`. */
export function damaged(seed: number): Tree {
  const random = new Random(seed);
  const whole = corpus[Math.min(random.below(corpus.length), random.below(corpus.length))];
  const bytes = whole.segment.bytes.subarray(0, whole.segment.limit);
  const limit = random.below(10) === 0 ? truncated(random, bytes.length) : bytes.length;
  const segment = segmentOf(bytes, limit);
  for (let left = 1 + random.below(6); left > 0; left--) random.of(damages)(random, segment.i32, bytes.length / 8);
  if (random.below(10) > 0) return { segment, lo: whole.lo, hi: whole.hi };
  return { segment, lo: anyOffset(random, bytes.length / 8), hi: anySlotHigh(random) };
}

function truncated(random: Random, length: number): number {
  const limit = random.below(length + 1);
  return random.below(4) === 0 ? limit : limit & ~7;
}

type Damager = (random: Random, i32: Int32Array, units: number) => void;

/** A word of the nodes and strings, or now and then of the header. */
function anyWord(random: Random, units: number): number {
  return random.below(20) === 0 ? random.below(16) : 16 + random.below(units * 2 - 16);
}

function anyOffset(random: Random, units: number): number {
  return random.of([
    () => random.below(units),
    () => random.below(units * 8),
    () => units - random.below(4),
    () => units * 8 - random.below(70),
    () => random.of([0, 1, 7, 8, -1, 0x7fffffff, -0x80000000, 0x1fffffff, 0x20000000, 0x40000000]),
    () => random.below(2 ** 32) | 0,
  ])();
}

function anySlotHigh(random: Random): number {
  return random.of([
    () => hiOf(random.below(16), random.of([0, 0, 0, 1, 7, 64, 0xffff, random.below(0x10000)])),
    () => hiOf(random.of([Tag.OBJECT, Tag.ARRAY, Tag.LARGE_OBJECT, Tag.LARGE_ARRAY])),
    () => random.below(2 ** 32) | 0,
    () => 0x7ff00000,
  ])();
}

const damages: readonly Damager[] = [
  (random, i32, units) => {
    i32[anyWord(random, units)] ^= 1 << random.below(32);
  },
  (random, i32, units) => {
    i32[anyWord(random, units)] = anyOffset(random, units);
  },
  (random, i32, units) => {
    i32[anyWord(random, units)] += random.of([-1, 1, -8, 8, 64, -64]);
  },
  // Another node, slot or pair in this place: what makes cycles and shared subtrees.
  (random, i32, units) => {
    const length = 2 * (1 + random.below(6));
    const from = anyWord(random, units) & ~1;
    i32.copyWithin(Math.min(anyWord(random, units) & ~1, units * 2 - length), from, Math.min(from + length, units * 2));
  },
  (random, i32, units) => {
    const word = anyWord(random, units) & ~1;
    i32[word] = anyOffset(random, units);
    i32[word + 1] = anySlotHigh(random);
  },
  // The count of a header, or its kind.
  (random, i32, units) => {
    const word = anyWord(random, units) | 1;
    i32[word] = (i32[word] & 0xfffff) | (random.of([0, 1, 2, 63, 64, 65, 4095, random.below(4096)]) << 20);
  },
  (random, i32, units) => {
    const word = anyWord(random, units) | 1;
    i32[word] = (i32[word] & 0xfff0ffff) | (random.below(16) << 16);
  },
  (random, i32, units) => {
    const word = anyWord(random, units);
    i32.fill(random.of([0, -1, 0xfff50000 | 0]), word, Math.min(word + random.below(40), units * 2));
  },
];

const CONTAINERS_MAX = 100;
const VALUES_MAX = 1000;
const TEXT_MAX = 50_000;

/**
 * Reads a tree in every way and returns what came of it as text: values, or the code of the error.
 * @throws whatever a read throws that is no `ERR_REGION_CORRUPT`, and where a value is none that JSON has
 */
export function probe({ segment, lo, hi }: Tree): string {
  const reader = new Reader(segment);
  const outcomes = [
    attempt(() => described(materialize(reader, lo, hi), true)),
    attempt(() => described(viewOf(new Reader(segment), lo, hi), false)),
    attempt(() => pointReads(reader, lo, hi)),
    attempt(() => stringified(viewOf(reader, lo, hi))),
  ];
  const { problems } = verify(segment, lo, hi);
  if (problems.length === 0 && outcomes.includes('corrupt')) throw new Error('verify finds nothing where readers fail');
  if (problems.length === 0 && outcomes[0] !== outcomes[1]) throw new Error('view and value of a whole tree differ');
  return [...outcomes, ...problems].join('\n');
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_CORRUPT') return 'corrupt';
    throw error;
  }
}

/** The first values of a tree as a text; what lies behind them is not looked at. */
function described(root: unknown, frozen: boolean): string {
  const waiting = [root];
  const parts: string[] = [];
  for (let i = 0; i < waiting.length && i < VALUES_MAX; i++) {
    const value = waiting[i];
    if (typeof value === 'object' && value !== null) {
      if (frozen && !Object.isFrozen(value)) throw new Error('a value is not frozen');
      const entries = Object.entries(value);
      parts.push(Array.isArray(value) ? `[${entries.length}]` : `{${entries.map(([key]) => shortened(key))}}`);
      for (const [, child] of entries) waiting.push(child);
    } else if (typeof value === 'string') {
      parts.push(shortened(value));
    } else if (value === null || typeof value === 'boolean' || Number.isFinite(value)) {
      parts.push(String(value));
    } else {
      throw new Error(`${String(value)} is no value of JSON`);
    }
  }
  return parts.join(' ');
}

function shortened(text: string): string {
  return `${text.length}:${text.slice(0, 20)}…${text.slice(-20)}`;
}

/** The text of a view that has not too much of it. */
function stringified(view: unknown): string {
  let size = 0;
  return `${JSON.stringify(view, (_, value) => {
    size += typeof value === 'string' ? value.length : 1;
    return size > TEXT_MAX ? null : typeof value === 'string' ? shortened(value) : value;
  })}`.slice(0, TEXT_MAX);
}

function pointReads(reader: Reader, rootLo: number, rootHi: number): string {
  const { i32 } = reader.segment;
  const waiting: [number, number][] = [[rootLo, rootHi]];
  const parts: string[] = [];
  for (let i = 0; i < waiting.length && i < CONTAINERS_MAX; i++) {
    const [lo, hi] = waiting[i];
    parts.push(attempt(() => String(reader.sizeOf(lo, hi))));
    if (!isContainer(hi)) continue;
    for (const token of tokensToTry(reader, lo, hi)) {
      parts.push(
        attempt(() => {
          const word = reader.child(lo, hi, token);
          if (word >= 0) waiting.push([i32[word], i32[word + 1]]);
          return String(word);
        }),
      );
    }
  }
  return parts.join(' ');
}

function tokensToTry(reader: Reader, lo: number, hi: number): string[] {
  const tokens = ['0', '1', '63', '64', '4999', '-', 'key 7', 'key 69', 'a', 'b', 'list', 'version_added', '__proto__'];
  if (isArray(hi)) return tokens;
  try {
    const keys = tagOf(hi) === Tag.OBJECT ? reader.shapeOf(lo).keys : orderedEntries(reader, lo).keys;
    return [...tokens, ...keys.slice(0, 20)];
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_REGION_CORRUPT') return tokens;
    throw error;
  }
}

/** Fills what lies behind the limit. */
export function poison({ segment }: Tree, pattern: number): void {
  segment.bytes.fill(pattern, segment.limit);
}
