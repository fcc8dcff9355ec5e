/** Memory-mapped files and named shared memory, with the meaning of Python's `mmap.mmap` under camelCase names. */
import { JsonMmapError } from '../errors.js';
import { type Advice, adviceNumber } from './advice.js';
import type { BytesLike, MmapOptions } from './arguments.js';
import * as check from './arguments.js';
import { openFile } from './backing.js';
import { byteAt, checkRange, copyBytes, moveBytes, readOnly, storeBytes } from './bytes.js';
import type { Memory } from './memory.js';
import { type FileOption, OPEN_FILE, openMemory } from './open.js';
import { clampRange, findBytes, findLastBytes, type Range } from './search.js';

/**
 * A mapped file, named shared memory or anonymous memory, with a position like a file's. What is stored with access `write` is seen
 * by every other mapping of the file: at once over native mappings, when the method returns over system calls.
 *
 * Every method throws `ERR_CLOSED` after `close` and `ERR_INVALID_ARG` for an argument of the wrong type or form. Every method
 * that stores throws a `TypeError` with `ERR_READ_ONLY` over access `read`. A method that throws has changed nothing.
 * What is returned is a copy and stays valid. Only `flush` blocks.
 *
 * Do not cut a file short while it is mapped: touching the missing part ends a process (SIGBUS), as in every language.
 *
 * @example
 * const shared = new Mmap(-1, 4096, { tagname: 'greetings' });
 * shared.write('hello'); // seen by every process that maps this name, or the file `shared.path`
 */
export class Mmap implements Iterable<number>, Disposable {
  readonly #memory: Memory;
  #position = 0;

  /**
   * Maps memory.
   * @param fileno A file descriptor, which stays the caller's and may be closed afterwards; or -1, with `tagname` for shared memory of
   *   that name, without it for anonymous memory.
   * @param length Bytes to map; 0 maps the whole file from `offset`. Named memory that is shorter grows.
   * @throws `ERR_INVALID_ARG`, also for a descriptor that is closed, no regular file, or opened without the access that is asked for;
   *   `ERR_OUT_OF_RANGE` when the file of a descriptor is too short; for named memory `ERR_INVALID_NAME`, `ERR_DIRECTORY`,
   *   `ERR_REGION_DENIED` when it belongs to somebody else, `ERR_NO_SPACE`.
   */
  constructor(fileno: number, length: number, options: MmapOptions = {}) {
    this.#memory = openMemory(fileno, length, options);
  }

  /**
   * Maps the file at `path`, which must exist.
   * @param options As for the constructor, and `length`, default 0: the whole file.
   * @throws As the constructor: `ERR_INVALID_ARG` when it is no regular file; `ERR_REGION_DENIED` without permission.
   */
  static open<T extends Mmap>(
    this: new (
      fileno: number,
      length: number,
      options: MmapOptions,
    ) => T,
    path: string | URL,
    options: Omit<MmapOptions, 'tagname'> & { readonly length?: number | undefined } = {},
  ): T {
    const { length = 0, ...rest } = options;
    const file: FileOption = { [OPEN_FILE]: (access) => openFile(path, access) };
    return new this(-1, length, { ...rest, ...file });
  }

  /** Where the file is, so that other programs can map it; undefined for anonymous memory and for a descriptor. */
  get path(): string | undefined {
    return this.#memory.path;
  }

  get closed(): boolean {
    return this.#memory.closed;
  }

  /** Bytes mapped. */
  get length(): number {
    return this.memory.length;
  }

  /** @internal For subclasses in this directory. */
  protected get memory(): Memory {
    this.#checkOpen();
    return this.#memory;
  }

  /** Returns the bytes of the file, which may be longer than the mapping; of the mapping where it is anonymous. */
  size(): number {
    return this.memory.size;
  }

  /** Returns the position, where the next read or write starts. After `resize` it may lie behind the end. */
  tell(): number {
    this.#checkOpen();
    return this.#position;
  }

  /**
   * Moves the position and returns it.
   * @param whence What `position` counts from: 0 the start, 1 the present position, 2 the end.
   * @throws `ERR_OUT_OF_RANGE` before the start or behind the end; the end itself is allowed.
   */
  seek(position: number, whence = 0): number {
    const origin = [0, this.#position, this.length][whence];
    if (origin === undefined)
      throw check.invalid('whence must be 0 (from the start), 1 (from the position) or 2 (from the end)');
    const target = origin + check.checkInteger(position, 'position');
    checkRange(this.memory, target, 0);
    this.#position = target;
    return target;
  }

  /** Returns the next `count` bytes, or as many as there are; all of them when `count` is omitted, null or negative. */
  read(count?: number | null): Buffer {
    const rest = this.#rest();
    const wanted = count == null ? rest : check.checkInteger(count, 'count');
    return this.#take(wanted < 0 ? rest : Math.min(wanted, rest));
  }

  /** Returns the next byte. @throws `ERR_OUT_OF_RANGE` at the end. */
  readByte(): number {
    const byte = this.at(this.#position);
    this.#position += 1;
    return byte;
  }

  /** Returns the bytes up to the next newline and with it, or all that are left. */
  readLine(): Buffer {
    const newline = this.find('\n');
    return this.#take(newline === -1 ? this.#rest() : newline + 1 - this.#position);
  }

  /**
   * Stores `data` at the position, moves the position behind it and returns how many bytes that were.
   * @param data Bytes; a string stands for its UTF-8.
   * @throws `ERR_OUT_OF_RANGE` when it does not fit.
   */
  write(data: BytesLike): number {
    const count = storeBytes(this.memory, this.#position, check.bytesOf(data));
    this.#position += count;
    return count;
  }

  /** Stores one byte, 0 to 255, at the position and moves on. @throws `ERR_OUT_OF_RANGE` at the end. */
  writeByte(byte: number): void {
    this.#position += storeBytes(this.memory, this.#position, check.byteOf(byte));
  }

  /** Returns the byte at `index`; a negative index counts from the end. @throws `ERR_OUT_OF_RANGE` */
  at(index: number): number {
    return byteAt(this.memory, this.#resolve(index));
  }

  /**
   * Stores a byte, or several, from `index` on; a negative index counts from the end. The position stays.
   * @throws `ERR_OUT_OF_RANGE` when it does not fit.
   */
  set(index: number, value: number | BytesLike): void {
    const data = typeof value === 'number' ? check.byteOf(value) : check.bytesOf(value);
    storeBytes(this.memory, this.#resolve(index), data);
  }

  /** Returns the bytes from `start` up to `end`; negative bounds count from the end, and both are cut to the length. */
  slice(start = 0, end = this.length): Buffer {
    const range = this.#range(start, end);
    return copyBytes(this.memory, range.start, Math.max(range.start, range.end));
  }

  /** Iterates over the bytes as they are when each is reached. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /**
   * Returns the lowest index of `sub` that lies within `start` and `end`, or -1.
   * @param start Default the position, as in Python. Negative bounds count from the end.
   */
  find(sub: BytesLike, start = this.#position, end = this.length): number {
    return findBytes(this.memory, check.bytesOf(sub), this.#range(start, end));
  }

  /** As `find`, for the highest index. */
  rfind(sub: BytesLike, start = this.#position, end = this.length): number {
    return findLastBytes(this.memory, check.bytesOf(sub), this.#range(start, end));
  }

  /** Copies `count` bytes from `source` to `destination`, which may overlap. @throws `ERR_OUT_OF_RANGE` */
  move(destination: number, source: number, count: number): void {
    for (const [name, value] of Object.entries({ destination, source, count })) check.checkInteger(value, name);
    moveBytes(this.memory, destination, source, count);
  }

  /**
   * Returns when `size` bytes from `offset` are on the medium, which the operating system otherwise does in its own time; for other
   * processes they need not be. Does nothing over access `read` and `copy`.
   * @param offset A multiple of the page size. @param size Default: up to the end.
   * @throws `ERR_OUT_OF_RANGE`
   */
  flush(offset = 0, size = this.length - offset): void {
    const { memory } = this;
    checkRange(memory, check.checkInteger(offset, 'offset'), check.checkInteger(size, 'size'));
    if (memory.access !== 'write') return;
    memory.sync(check.checkOffset(offset, memory.pageSize), size);
  }

  /**
   * Tells the kernel how `length` bytes from `start` will be used. Does nothing over system calls.
   * @param start A multiple of the page size. @param length Default, and at most, up to the end.
   * @throws `ERR_OUT_OF_RANGE`; `ERR_UNSUPPORTED` for advice that this system does not know.
   */
  madvise(option: Advice, start = 0, length = this.length): void {
    const { memory } = this;
    const advice = adviceNumber(option);
    checkRange(memory, check.checkInteger(start, 'start'), 1);
    const end = Math.min(start + check.checkLength(length, 'length', 0), memory.length);
    memory.advise(check.checkOffset(start, memory.pageSize), end - start, advice);
  }

  /**
   * Maps `size` bytes instead, and makes the file end where the mapping ends. The position stays. Other mappings of the file keep their
   * length; shrink a file only when nobody touches what goes.
   * @throws a `TypeError` with `ERR_READ_ONLY` unless access is `write`; `ERR_NO_SPACE`. The old mapping stands then.
   */
  resize(size: number): void {
    const { memory } = this;
    check.checkLength(size, 'size', 1);
    if (memory.access !== 'write') throw readOnly(memory.access, 'resized');
    memory.resize(size);
  }

  /** Unmaps. Again is a no-op; everything else throws `ERR_CLOSED` from now on. */
  close(): void {
    this.#memory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #checkOpen(): void {
    if (this.closed) throw new JsonMmapError('ERR_CLOSED', 'this mapping is closed', { cure: 'make another one' });
  }

  #range(start: number, end: number): Range {
    return clampRange(check.checkInteger(start, 'start'), check.checkInteger(end, 'end'), this.length);
  }

  #rest(): number {
    return Math.max(0, this.length - this.#position);
  }

  #take(count: number): Buffer {
    const bytes = copyBytes(this.memory, this.#position, this.#position + count);
    this.#position += count;
    return bytes;
  }

  /** A negative index counts from the end. */
  #resolve(index: number): number {
    return check.checkInteger(index, 'index') < 0 ? index + this.length : index;
  }
}
