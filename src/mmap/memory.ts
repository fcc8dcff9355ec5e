/** A mapping and the file behind it, as one thing that is resized and closed together. `Mmap` adds the position and the rules. */
import { fstatSync, ftruncateSync } from 'node:fs';
import { errnoOf, JsonMmapError, perform, systemError } from '../errors.js';
import type { Access, Mapping, MmapSystem } from '../system/contract.js';
import { outOfRange } from './arguments.js';
import { type Backing, closeBacking, discardBacking } from './backing.js';

/** Descriptors of mappings that were forgotten instead of closed; their pages go by themselves. */
const forgotten = new FinalizationRegistry(closeBacking);

export class Memory {
  readonly access: Access;
  readonly offset: number;
  readonly path: string | undefined;
  /** All mapped bytes: another object after `resize`, length 0 after `close`. */
  bytes: Buffer;
  readonly #system: MmapSystem;
  readonly #backing: Backing;
  #mapping: Mapping;
  #closed = false;

  /**
   * Maps `length` bytes of the file from `offset`, all of them for length 0, and takes over `backing`: it is closed with the mapping,
   * or at once when mapping fails.
   * @throws `ERR_OUT_OF_RANGE` when the file is too short; what the operating system refuses, translated.
   */
  constructor(system: MmapSystem, backing: Backing, access: Access, offset: number, length: number) {
    this.#system = system;
    this.#backing = backing;
    this.access = access;
    this.offset = offset;
    this.path = backing.path;
    try {
      this.#mapping = this.#map(backing.fd === -1 ? length : lengthWithin(fstatSync(backing.fd).size, offset, length));
    } catch (error) {
      discardBacking(backing);
      throw error;
    }
    this.bytes = Buffer.from(this.#mapping.buffer);
    forgotten.register(this, backing, this);
  }

  get pageSize(): number {
    return this.#system.pageSize;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get length(): number {
    return this.#mapping.length;
  }

  /** Bytes of the whole file; of the mapping where there is no file. */
  get size(): number {
    const { fd } = this.#backing;
    return fd === -1 ? this.length : perform('examine a mapped file', () => fstatSync(fd).size);
  }

  /** Brings `bytes` up to date from `start` to `end`. */
  pull(start: number, end: number): void {
    if (end > start) perform('read a mapped file', () => this.#mapping.pull(start, end - start));
  }

  /** Makes the stores from `start` to `end` visible to others. */
  push(start: number, end: number): void {
    if (end > start) perform('write to a mapped file', () => this.#mapping.push(start, end - start));
  }

  sync(offset: number, length: number): void {
    perform('flush a mapping', () => this.#mapping.sync(offset, length));
  }

  advise(offset: number, length: number, advice: number): void {
    try {
      this.#mapping.advise(offset, length, advice);
    } catch (error) {
      if (errnoOf(error) !== 'EINVAL') throw systemError(error, 'advise the kernel on a mapping');
      throw new JsonMmapError('ERR_UNSUPPORTED', 'this kernel does not know that advice', {
        cause: error,
        cure: 'leave it out',
      });
    }
  }

  /** Maps `length` bytes instead; the file ends where the mapping ends. On failure nothing has changed. */
  resize(length: number): void {
    const next = this.#backing.fd === -1 ? this.#copied(length) : this.#resized(length);
    this.#mapping.close();
    this.#mapping = next;
    this.bytes = Buffer.from(next.buffer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    forgotten.unregister(this);
    this.#mapping.close();
    this.bytes = Buffer.alloc(0);
    closeBacking(this.#backing);
  }

  #map(length: number): Mapping {
    const { fd, path } = this.#backing;
    const what = path ?? (fd === -1 ? 'anonymous memory' : 'a file');
    return perform(`map ${length} bytes of ${what}`, () =>
      this.#system.map({ fd, offset: this.offset, length, access: this.access }),
    );
  }

  #copied(length: number): Mapping {
    const next = this.#map(length);
    new Uint8Array(next.buffer).set(this.bytes.subarray(0, length));
    return next;
  }

  /** The file is long enough whenever a mapping of it exists: it grows before the new one is made and shrinks after. */
  #resized(length: number): Mapping {
    const { fd } = this.#backing;
    const before = fstatSync(fd).size;
    const after = this.offset + length;
    let next: Mapping | undefined;
    try {
      if (after > before)
        perform(`grow a file to ${after} bytes`, () => this.#system.allocate(fd, before, after - before));
      next = this.#map(length);
      if (after < before) perform(`cut a file to ${after} bytes`, () => ftruncateSync(fd, after));
      return next;
    } catch (error) {
      next?.close();
      if (after > before) ftruncateSync(fd, before);
      throw error;
    }
  }
}

function lengthWithin(fileSize: number, offset: number, length: number): number {
  if (fileSize === 0)
    throw new JsonMmapError('ERR_INVALID_ARG', 'an empty file cannot be mapped', {
      cure: 'write to it or give it a size first',
    });
  if (offset >= fileSize || length > fileSize - offset) {
    throw outOfRange(
      `the file has ${fileSize} bytes, too few for ${length || 1} from offset ${offset}; map less or let it grow first`,
    );
  }
  return length || fileSize - offset;
}
