/** Random sequences of operations on a mapping, and how ours performs them, in terms that Python's answers can be compared with. */
import fc from 'fast-check';
import type { Mmap } from '../../src/mmap/index.js';

export type Operation = readonly [name: string, ...args: unknown[]];

/** Bytes that occur again and again, so that searches find something; among them a newline, NUL and bytes above ASCII. */
export const content = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\0', '\xff'), minLength, maxLength });

/** Numbers around 0, small ones of both signs, and some that are far outside. */
const index = fc.oneof(
  { arbitrary: fc.integer({ min: -5, max: 40 }), weight: 5 },
  { arbitrary: fc.integer({ min: -400, max: 400 }), weight: 3 },
  { arbitrary: fc.constantFrom(4095, 4096, 4097, 8192, -4097, 2 ** 31, -(2 ** 31), 2 ** 40), weight: 1 },
);
const needle = content(0, 3);
const count = fc.oneof(fc.constant(null), index);

function operation(name: string, ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Operation> {
  return fc
    .tuple(fc.nat({ max: args.length }), fc.tuple(...args))
    .map(([given, values]) => [name, ...values.slice(0, Math.max(given, required(name)))] as const);
}

function required(name: string): number {
  return (
    { move: 3, set: 2, write: 1, writeByte: 1, seek: 1, find: 1, rfind: 1, at: 1, resize: 1, madvise: 1 }[name] ?? 0
  );
}

const operations: Record<string, fc.Arbitrary<Operation>> = {
  read: operation('read', count),
  readByte: operation('readByte'),
  readLine: operation('readLine'),
  write: operation('write', content(0, 30)),
  writeByte: operation('writeByte', fc.integer({ min: -1, max: 256 })),
  seek: operation('seek', index, fc.constantFrom(0, 1, 2, 3)),
  tell: operation('tell'),
  find: operation('find', needle, index, index),
  rfind: operation('rfind', needle, index, index),
  move: operation('move', index, index, index),
  // Python takes the whole length for a missing size even behind an offset, and then refuses it; ours takes the rest.
  flush: fc.oneof(fc.constant(['flush'] as const), fc.tuple(fc.constant('flush'), index, index)),
  madvise: operation('madvise', fc.constantFrom('normal', 'random', 'sequential', 'willneed'), index, fc.nat()),
  at: operation('at', index),
  set: operation('set', index, fc.oneof(fc.integer({ min: 0, max: 255 }), content(0, 10))),
  slice: operation('slice', index, index),
  length: operation('length'),
  closed: operation('closed'),
  all: operation('all'),
  size: operation('size'),
  // Python cuts the file before it notices that 0 cannot be mapped, so that is not compared.
  resize: operation('resize', fc.integer({ min: 1, max: 9000 })),
  close: operation('close'),
};
const SELDOM = new Set(['all', 'size', 'resize', 'close', 'madvise', 'flush']);

/** @param without Operations that cannot be compared in this situation. */
export function sequences(maxLength: number, ...without: string[]): fc.Arbitrary<Operation[]> {
  const chosen = Object.entries(operations).filter(([name]) => !without.includes(name));
  const weighted = chosen.map(([name, arbitrary]) => ({ arbitrary, weight: SELDOM.has(name) ? 1 : 8 }));
  return fc.array(fc.oneof(...weighted), { minLength: 1, maxLength });
}

/** Performs one operation on ours; bytes become latin-1 strings, errors their code. */
export function perform(mmap: Mmap, [name, ...args]: Operation): unknown {
  try {
    if (name === 'all') return Buffer.from([...mmap]).toString('latin1');
    const member = (mmap as unknown as Record<string, unknown>)[name];
    const result = typeof member === 'function' ? member.apply(mmap, args.map(toBytes)) : member;
    return Buffer.isBuffer(result) ? result.toString('latin1') : (result ?? null);
  } catch (error) {
    return { error: (error as { code: string }).code };
  }

  function toBytes(value: unknown): unknown {
    return typeof value === 'string' && name !== 'madvise' ? Buffer.from(value, 'latin1') : value;
  }
}
