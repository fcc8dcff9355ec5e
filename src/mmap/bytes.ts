/**
 * The ways to touch mapped bytes. Each one is checked here, is brought up to date before it reads and made visible after it stores; nothing
 * that a caller gets is the mapping itself, because a store to a read-only page ends the process.
 */
import { JsonMmapTypeError } from '../errors.js';
import type { Access } from '../system/contract.js';
import { outOfRange } from './arguments.js';
import type { Memory } from './memory.js';

/** @throws `ERR_OUT_OF_RANGE` */
export function byteAt(memory: Memory, index: number): number {
  checkRange(memory, index, 1);
  memory.pull(index, index + 1);
  return memory.bytes[index]!;
}

/** Returns a copy; the range must lie within the mapping. */
export function copyBytes(memory: Memory, start: number, end: number): Buffer {
  memory.pull(start, end);
  return Buffer.from(memory.bytes.subarray(start, end));
}

/** Returns how many bytes were stored: all of `data`. @throws `ERR_READ_ONLY`, `ERR_OUT_OF_RANGE` */
export function storeBytes(memory: Memory, start: number, data: Buffer): number {
  checkWritable(memory);
  checkRange(memory, start, data.length);
  memory.bytes.set(data, start);
  memory.push(start, start + data.length);
  return data.length;
}

/** @throws `ERR_READ_ONLY`, `ERR_OUT_OF_RANGE` */
export function moveBytes(memory: Memory, destination: number, source: number, count: number): void {
  checkWritable(memory);
  checkRange(memory, source, count);
  checkRange(memory, destination, count);
  memory.pull(source, source + count);
  memory.bytes.copyWithin(destination, source, source + count);
  memory.push(destination, destination + count);
}

/** @throws `ERR_OUT_OF_RANGE` */
export function checkRange(memory: Memory, start: number, count: number): void {
  const { length } = memory;
  if (start >= 0 && count >= 0 && start + count <= length) return;
  throw outOfRange(`${count} bytes from ${start} on do not lie within the ${length} bytes of the mapping`);
}

export function readOnly(access: Access, undone: string): JsonMmapTypeError {
  const message = `a mapping with access '${access}' cannot be ${undone}; map it with access 'write'`;
  return new JsonMmapTypeError('ERR_READ_ONLY', message);
}

function checkWritable(memory: Memory): void {
  if (memory.access === 'read') throw readOnly('read', 'written');
}
