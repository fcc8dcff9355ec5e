/**
 * Torn reads, without chance: a writer that is stopped after any of its stores, whose stores behind the first byte come in any order,
 * and goes on whenever the reader looks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, publishFrame, readFrame, type SharedBytes } from '../../../src/mmap/frame.js';
import { casesOf } from '../../effort.js';

const LENGTH = 256;
type Store = (bytes: Buffer) => void;

/** What `publishFrame` stores, cut into pieces: the body's pieces may come in any order, the first byte's stores may not. */
function storesOf(frame: Buffer, order: readonly number[]): Store[] {
  const stores: Store[] = [];
  let before = Buffer.alloc(LENGTH, 0xee);
  const recorder: SharedBytes = {
    bytes: Buffer.from(before),
    length: LENGTH,
    pull() {},
    push(start, end) {
      const stored = Buffer.from(recorder.bytes.subarray(start, end));
      before = Buffer.from(recorder.bytes);
      stores.push((bytes) => bytes.set(stored, start));
    },
  };
  publishFrame(recorder, frame);
  const [first, , last] = stores as [Store, Store, Store];
  const pieces = order.map((_, index): Store => {
    const [start, end] = [index, index + 1].map((i) => 1 + Math.floor(((frame.length - 1) * i) / order.length)) as [
      number,
      number,
    ];
    return (bytes) => bytes.set(before.subarray(start, end), start);
  });
  const sorted = pieces.map((piece, index) => ({ piece, rank: order[index]! })).sort((a, b) => a.rank - b.rank);
  return [first, ...sorted.map(({ piece }) => piece), last];
}

/**
 * Memory in which another process performs some of `stores` before each look and between the pieces of each look: `pace` says how
 * many of them, again and again.
 */
function haunted(stores: Store[], pace: readonly number[]): SharedBytes {
  const memory = Buffer.alloc(LENGTH);
  let looks = 0;
  function goOn(): void {
    for (const store of stores.splice(0, pace[looks++ % pace.length])) store(memory);
  }
  const torn = (start: number, end: number) => {
    const copy = Buffer.alloc(end - start);
    for (const [from, to] of [
      [start, start + 10],
      [start + 10, start + 50],
      [start + 50, end],
    ] as const) {
      memory.copy(copy, from - start, from, Math.min(to, end));
      goOn();
    }
    return copy;
  };
  // Only whole looks are torn: the views that publishFrame and Atomics take are of the memory itself.
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, LENGTH);
  Object.defineProperty(bytes, 'subarray', { value: torn });
  return { bytes, length: LENGTH, pull: goOn, push() {} };
}

const framed = (text: string, room = LENGTH) => encodeFrame(text, room) as Buffer;
const seedFrame = (text: string) => Buffer.from(`${text.length}:${text}`);

describe('a reader beside a writer', () => {
  // Objects of few lengths and few contents, so that headers repeat and contents come back. Of a number, any part is a number too.
  const list = fc.record({
    list: fc.constant(true),
    digit: fc.constantFrom('1', '2'),
    count: fc.constantFrom(20, 21, 40),
  });
  const number = fc.record({
    list: fc.constant(false),
    digit: fc.constantFrom('1', '2'),
    count: fc.integer({ min: 1, max: 12 }),
  });
  const object = fc.oneof(list, number);
  const write = fc.record({ object, ours: fc.boolean(), order: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }) });
  const pace = fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }).filter((steps) => steps.some((count) => count > 0));

  it('takes no mixture for an object, and once the writer is done takes the last', () => {
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 12 }), pace, (writes, steps) => {
        const texts = writes.map(({ object, ours }, index) => {
          // A seed's writer marks nothing: contents that come back under it could not be told from contents that stayed.
          const element = ours ? object.digit : 10 + index;
          const elements = new Array(object.count).fill(element);
          return object.list ? `[${elements.join()}]` : elements.join('');
        });
        const stores = writes.flatMap(({ ours, order }, index) =>
          ours ? storesOf(framed(texts[index]!), order) : [(bytes: Buffer) => bytes.set(seedFrame(texts[index]!))],
        );
        const memory = haunted(stores, steps);
        const seen = new Set<string>();
        while (stores.length > 0) seen.add(readFrame(memory)?.text ?? 'nothing');
        seen.delete('nothing');
        expect(texts).toEqual(expect.arrayContaining([...seen]));
        expect(readFrame(memory)?.text).toBe(texts.at(-1));
      }),
      { numRuns: casesOf(3000) },
    );
  });

  it('gives up on a writer that has died in the middle', () => {
    const stores = [...storesOf(framed('[1]'), [0]), ...storesOf(framed('[2]'), [1, 0, 2]).slice(0, 2)];
    const memory = haunted(stores, [100]);
    expect(readFrame(memory)).toBeUndefined();
    publishFrame(memory, framed('[3]'));
    expect(readFrame(memory)?.text).toBe('[3]');
  });
});

describe('a frame', () => {
  it('ends at its last byte of room, and has a trailer of 32 bytes from there on', () => {
    expect(encodeFrame('"12345"', 9)?.toString()).toBe('7:"12345"');
    expect(encodeFrame('"12345"', 8)).toBeUndefined();
    expect([40, 41, 42].map((room) => encodeFrame('"12345"', room)?.length)).toEqual([9, 41, 41]);
  });

  it('has another trailer each time', () => {
    expect(framed('[1]').equals(framed('[1]'))).toBe(false);
  });

  it.each([0, 1, 3, 10, 20, 30])('is believed over a damaged trailer: byte %i', (index) => {
    const memory = haunted([], [0]);
    publishFrame(memory, framed('[1,2]'));
    memory.bytes[7 + index]! ^= 1;
    expect(readFrame(memory)?.text).toBe('[1,2]');
  });
});
