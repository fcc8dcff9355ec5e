/**
 * Mapping without the addon: a private copy of the range, kept fresh by `pull` and written back by `push`. Segments are
 * append-only, so a region's follower reads each byte of them once.
 */
import { fstatSync, fsyncSync, ftruncateSync, futimesSync, readSync, writeSync } from 'node:fs';
import { perform } from '../errors.js';
import type { Mapping, MapRequest, MmapSystem } from './contract.js';

/** The largest page of the platforms that Node runs on, so that an offset that is accepted here is accepted everywhere. */
const PAGE_SIZE = 65536;
const ZEROS = new Uint8Array(1 << 16);
/** Node takes lengths of less than 2^31 for one call, and the kernel copies no more than that. */
const CALL_MAX_BYTES = 2 ** 30;

export const syscalls: MmapSystem = {
  kind: 'syscalls',
  pageSize: process.platform === 'linux' && process.arch === 'x64' ? 4096 : PAGE_SIZE,
  map: (request) => new CopiedMapping(request),
  allocate,
  locks: undefined,
  waitForWord: undefined,
  startWaking: undefined,
};

/**
 * Writes zeros from the end of the file to the end of the range: a sparse extension would not be backed by space. Where the file ends is asked
 * before each write, because another process may grow and fill the same file meanwhile.
 */
function allocate(fd: number, offset: number, length: number): void {
  const before = fstatSync(fd).size;
  const end = offset + length;
  let at = before;
  try {
    for (; at < end; at = fstatSync(fd).size) writeSync(fd, ZEROS, 0, Math.min(ZEROS.length, end - at), at);
  } catch (error) {
    if (at > before && fstatSync(fd).size === at) ftruncateSync(fd, before);
    throw error;
  }
}

class CopiedMapping implements Mapping {
  readonly shared = false;
  readonly length: number;
  readonly #request: MapRequest;
  #buffer: ArrayBuffer;

  constructor(request: MapRequest) {
    this.#request = request;
    this.length = request.length;
    this.#buffer = allocateBuffer(request.length);
    this.#read(0, request.length);
  }

  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  pull(offset: number, length: number): void {
    if (this.#request.access !== 'copy') perform('read a mapped file', () => this.#read(offset, length));
  }

  push(offset: number, length: number): void {
    const { fd, access } = this.#request;
    if (access !== 'write' || fd === -1) return;
    perform('write to a mapped file', () => this.#write(offset, length));
  }

  sync(): void {
    if (this.#request.fd !== -1 && this.#request.access === 'write') fsyncSync(this.#request.fd);
  }

  wake(_offset: number, fd: number, atMs: number): boolean {
    if (fd !== -1) futimesSync(fd, atMs / 1000, atMs / 1000);
    return false;
  }

  advise(): void {}

  close(): void {
    if (this.#buffer.byteLength > 0) structuredClone(this.#buffer, { transfer: [this.#buffer] });
  }

  #write(offset: number, length: number): void {
    const bytes = new Uint8Array(this.#buffer, offset, length);
    for (let done = 0; done < length; ) {
      const most = Math.min(length - done, CALL_MAX_BYTES);
      done += writeSync(this.#request.fd, bytes, done, most, this.#request.offset + offset + done);
    }
  }

  #read(offset: number, length: number): void {
    const { fd } = this.#request;
    if (fd === -1) return;
    const bytes = new Uint8Array(this.#buffer, offset, length);
    for (let done = 0; done < length; ) {
      const most = Math.min(length - done, CALL_MAX_BYTES);
      const count = readSync(fd, bytes, done, most, this.#request.offset + offset + done);
      if (count === 0) return;
      done += count;
    }
  }
}

/** As `mmap(2)` fails: with an errno. */
function allocateBuffer(length: number): ArrayBuffer {
  try {
    return new ArrayBuffer(length);
  } catch (error) {
    throw Object.assign(new Error('ENOMEM', { cause: error }), { code: 'ENOMEM' });
  }
}
