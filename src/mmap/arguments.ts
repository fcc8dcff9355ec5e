/** What callers of `Mmap` may pass: each value is checked before anything is opened, read or changed. */
import { constants } from 'node:buffer';
import { JsonMmapError } from '../errors.js';
import type { Access } from '../system/contract.js';

/** How `Mmap` maps. */
export interface MmapOptions {
  /** `read`: stores are refused. `write` (default): stores reach the file. `copy`: stores stay private to this mapping. */
  readonly access?: Access | undefined;
  /** Name of shared memory that any process may map; only with `fileno` -1. */
  readonly tagname?: string | undefined;
  /** First byte of the file to map, a multiple of the page size; default 0. */
  readonly offset?: number | undefined;
}

/** Bytes as callers may give them; a string means its UTF-8 bytes. */
export type BytesLike = string | ArrayBufferView | ArrayBufferLike;

/** Bytes beyond which no typed array of this runtime can reach: 4 GiB on Node 20. */
const LENGTH_LIMIT = constants.MAX_LENGTH;

export function invalid(message: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', message);
}

export function outOfRange(message: string): JsonMmapError {
  return new JsonMmapError('ERR_OUT_OF_RANGE', message);
}

/** @throws `ERR_INVALID_ARG` that names the options there are, when one is misspelt. */
export function checkOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw invalid('options must be an object');
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw invalid(`there is no option ${JSON.stringify(name)}; use ${known.join(', ')}`);
  }
}

export function checkAccess(access: unknown): asserts access is Access {
  if (access === 'read' || access === 'write' || access === 'copy') return;
  throw invalid(`access must be 'read', 'write' or 'copy', not ${shown(access)}`);
}

/** @param minimum 0 where 0 means "the whole file". */
export function checkLength(length: unknown, name: string, minimum: 0 | 1): number {
  const bytes = checkInteger(length, name);
  if (bytes >= minimum && bytes <= LENGTH_LIMIT) return bytes;
  throw invalid(`${name} must be between ${minimum} and ${LENGTH_LIMIT} bytes, not ${bytes}`);
}

export function checkOffset(offset: unknown, pageSize: number): number {
  const bytes = checkInteger(offset, 'offset');
  if (bytes >= 0 && bytes % pageSize === 0) return bytes;
  throw invalid(`offset must be a multiple of the page size, ${pageSize}, not ${bytes}`);
}

export function checkFileno(fileno: unknown): number {
  const number = checkInteger(fileno, 'fileno');
  if (number >= -1 && number <= 0x7fffffff) return number;
  throw invalid(`fileno must be a file descriptor, or -1 for memory, not ${number}`);
}

export function checkInteger(value: unknown, name: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw invalid(`${name} must be an integer, not ${shown(value)}`);
}

/** Returns the bytes of `data` without copying them, except those of a string. */
export function bytesOf(data: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  throw invalid(`bytes must be a string, a typed array or an ArrayBuffer, not ${shown(data)}`);
}

/** Returns one byte as bytes. */
export function byteOf(value: unknown): Buffer {
  const byte = checkInteger(value, 'a byte');
  if (byte >= 0 && byte <= 255) return Buffer.of(byte);
  throw invalid(`a byte must be between 0 and 255, not ${byte}`);
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'number'
      ? `${value}`
      : `a ${typeof value}`;
}
