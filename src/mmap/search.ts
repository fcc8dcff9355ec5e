/** `find` and `rfind`. */
import type { Memory } from './memory.js';

/** A range of bytes up to `end`, which may lie before `start`: nothing is found there. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Bounds as Python's slices have them: negative ones count from the end, and both are cut to the length. */
export function clampRange(start: number, end: number, length: number): Range {
  return { start: clamp(start, length), end: clamp(end, length) };
}

/** Returns the lowest index at which `needle` lies within the range, or -1. */
export function findBytes(memory: Memory, needle: Buffer, range: Range): number {
  if (range.end - range.start < needle.length) return -1;
  if (needle.length === 0) return range.start;
  return below(range.start, within(memory, range).indexOf(needle));
}

/** Returns the highest index at which `needle` lies within the range, or -1. */
export function findLastBytes(memory: Memory, needle: Buffer, range: Range): number {
  if (range.end - range.start < needle.length) return -1;
  if (needle.length === 0) return range.end;
  return below(range.start, within(memory, range).lastIndexOf(needle));
}

function within(memory: Memory, { start, end }: Range): Buffer {
  memory.pull(start, end);
  return memory.bytes.subarray(start, end);
}

function below(start: number, index: number): number {
  return index === -1 ? -1 : start + index;
}

function clamp(bound: number, length: number): number {
  return bound < 0 ? Math.max(0, bound + length) : Math.min(bound, length);
}
