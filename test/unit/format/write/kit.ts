/** What the tests of one module of `src/format/write` need of the others. */
import { expect } from 'vitest';
import type { Slot } from '../../../../src/format/read/lookup.js';
import { materialize } from '../../../../src/format/read/materialize.js';
import { verify } from '../../../../src/format/verify/verify.js';
import { encode } from '../../../../src/format/write/encode.js';
import { Writer } from '../../../../src/format/write/writer.js';
import { MemorySegment } from '../../memory-segment.js';

export function newWriter(options?: ConstructorParameters<typeof MemorySegment>[0]): Writer {
  return new Writer(new MemorySegment(options));
}

/** Writes `value`; returns its slot. */
export function encoded(writer: Writer, value: unknown): Slot {
  encode(writer, value);
  return resultOf(writer);
}

/** Returns the result of the last call. */
export function resultOf({ lo, hi }: Writer): Slot {
  return { lo, hi };
}

/** Writes `values`; returns their slots, one after the other. */
export function slotsOf(writer: Writer, values: readonly unknown[]): Int32Array {
  return Int32Array.from(values.flatMap((value) => Object.values(encoded(writer, value))));
}

/** Returns the value of a slot, after a check of its whole tree. */
export function readBack(writer: Writer, { lo, hi }: Slot = resultOf(writer)): unknown {
  expect(verify(writer.segment, lo, hi).problems).toEqual([]);
  return materialize(writer.reader, lo, hi);
}

/** Returns how many bytes `write` appends. */
export function appendedBy(writer: Writer, write: () => void): number {
  const before = writer.segment.head;
  write();
  return writer.segment.head - before;
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Returns an object of `count` keys with the values 0, 1 … */
export function keyed(count: number): Record<string, number> {
  return Object.fromEntries(numbers(count).map((i) => [`key ${i}`, i]));
}

export function coded(code: string): unknown {
  return expect.objectContaining({ code });
}
