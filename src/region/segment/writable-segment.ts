/** The segment that a master appends to: it grows in place, backed by real space before a byte of it is used (I5). */
import { closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, type JsonMmapError, systemError } from '../../errors.js';
import type { AppendableSegment } from '../../format/segment.js';
import type { Mapping, MmapSystem } from '../../system/contract.js';
import { noSpace, tooLarge } from '../errors.js';
import { failpoint } from '../failpoints.js';
import { isStillAt, unlinkIfThere } from '../files/files.js';
import { freeBytesAt } from '../files/free-space.js';
import { SEGMENT_MAX_BYTES, SEGMENT_MIN_BYTES, wholePages } from '../files/layout.js';
import type { SegmentBudget, Use } from './budget.js';
import { forbidReading } from './readable-segment.js';
import { mapSegment, type SegmentFile } from './segment-file.js';

/**
 * How much more than the file is mapped. Engines count a mapping as memory of the process, and when V8 has counted 64 MiB since its last collection
 * of the whole heap it begins another, which takes as long as writing a document of that size. So segments of up to 16 MiB add up to less
 * than that while they grow, and larger ones are mapped so far that it happens once. A mapping that is a copy may take what it is long.
 */
const ROOM = { smallBytes: 16 << 20, small: 3, large: 7, copy: 1, leastBytes: 1 << 20, mostBytes: 512 << 20 };

const GROWTH_MIN_BYTES = 65536;
const GROWTH_MAX_BYTES = 16 << 20;

export class WritableSegment implements AppendableSegment {
  readonly number: number;
  readonly nodeIdBase: number;
  readonly hashSeed: number;
  readonly path: string;
  i32!: Int32Array;
  f64!: Float64Array;
  bytes!: Buffer;
  head: number;
  /** What followers may read: `head` at the last commit. */
  committed: number;
  /** Bytes of the file, all of them backed by space. */
  sizeBytes: number;
  readonly #system: MmapSystem;
  readonly #fd: number;
  readonly #budget: SegmentBudget;
  /** Up to here `reserve` need not look closer: 0, or the end of what the file has and may use. */
  #ready = 0;
  #use: Use = 'document';
  #ceiling = Number.POSITIVE_INFINITY;
  #mapping!: Mapping;
  /** What the system said to the last attempt to grow. */
  #refusal: unknown;
  /** Mappings that a longer one has replaced: an edit may be reading their arrays, and each keeps the file's space. */
  readonly #outgrown: Mapping[] = [];
  #closed = false;

  /** Takes over the open `file`, of which everything below `committed` is published. */
  constructor(system: MmapSystem, file: SegmentFile, committed: number, budget: SegmentBudget) {
    this.number = file.header.number;
    this.nodeIdBase = file.header.nodeIdBase;
    this.hashSeed = file.header.hashSeed;
    this.path = file.path;
    this.head = committed;
    this.committed = committed;
    this.sizeBytes = Math.min(wholeUnits(file.size), SEGMENT_MAX_BYTES);
    this.#system = system;
    this.#fd = file.fd;
    this.#budget = budget;
    this.#map();
  }

  /** Runs `fill`, which may use as much as its purpose allows. */
  using<R>(use: Use, fill: () => R): R {
    this.#use = use;
    this.#ready = 0;
    try {
      return fill();
    } finally {
      this.#use = 'document';
      this.#ready = 0;
    }
  }

  /** Runs `fill`, which may fill it up to `mostBytes` and gets `ERR_TOO_LARGE` beyond, before the file has grown for it. */
  upTo<R>(mostBytes: number, fill: () => R): R {
    this.#ceiling = mostBytes;
    this.#ready = 0;
    try {
      return fill();
    } finally {
      this.#ceiling = Number.POSITIVE_INFINITY;
      this.#ready = 0;
    }
  }

  get limit(): number {
    return this.head;
  }

  reserve(sizeBytes: number): void {
    const needed = this.head + sizeBytes;
    if (needed <= this.#ready) return;
    this.#grow(needed);
    if (this.sizeBytes > this.#mapping.length) this.#map();
  }

  /** Makes what was appended since the last commit reach the file; free over real mappings. */
  push(): void {
    if (this.head > this.committed) this.#mapping.push(this.committed, this.head - this.committed);
  }

  /** Closes the file and unmaps it at once (I17): the kernel frees an unlinked file only when nobody has it mapped. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    forbidReading(this);
    for (const mapping of [...this.#outgrown.splice(0), this.#mapping]) mapping.close();
    closeSync(this.#fd);
  }

  /** Closes and removes the file, unless the path has been taken by another; followers that have mapped it keep its bytes. */
  unlink(): void {
    if (isStillAt(this.#fd, this.path)) unlinkIfThere(this.path);
    this.close();
  }

  /** Replaces the arrays. What is not in the file yet has to be there before it is mapped again. */
  #map(): void {
    if (this.#mapping !== undefined) this.push();
    const length = this.sizeBytes + roomBytes(this.sizeBytes, this.#system.kind);
    const mapping = mapSegment(this.#system, { fd: this.#fd, path: this.path }, length, 'write');
    if (this.#mapping !== undefined) this.#outgrown.push(this.#mapping);
    this.#mapping = mapping;
    const { buffer } = mapping;
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer, 0, this.#mapping.length >>> 3);
    this.bytes = Buffer.from(buffer);
  }

  #grow(needed: number): void {
    const most = wholeUnits(Math.min(SEGMENT_MAX_BYTES, this.#budget.bytesFor(this.#use), this.#ceiling));
    if (needed > most) {
      throw tooLarge(this.path, needed, most, most === SEGMENT_MAX_BYTES ? 'format' : 'maxBytes');
    }
    if (needed > this.sizeBytes) this.#extend(needed, most);
    this.#ready = Math.min(this.sizeBytes, most);
  }

  /** Grows by a sixteenth, so that a steady stream of appends rarely pays for it; by what is needed where space is short. */
  #extend(needed: number, most: number): void {
    const growthBytes = Math.min(GROWTH_MAX_BYTES, Math.max(GROWTH_MIN_BYTES, this.sizeBytes / 16));
    const roomy = Math.min(most, wholePages(Math.max(needed, this.sizeBytes + growthBytes)));
    const tight = Math.min(most, wholePages(needed));
    this.#refusal = undefined;
    const fits = [roomy, tight].find((size) => this.#leavesRoom(size) && this.#allocate(size));
    if (fits === undefined) throw this.#refused(tight);
    failpoint('growth:allocated');
  }

  /**
   * The last 64 KiB of a file system are for the copy that leaves the garbage behind: if garbage could take them, a small document in a large
   * segment could never free its space again.
   */
  #leavesRoom(size: number): boolean {
    if (this.#use !== 'document') return true;
    return freeBytesAt(dirname(this.path)) >= size - this.sizeBytes + SEGMENT_MIN_BYTES;
  }

  /** A limit of the length of files is no lack of space, and needs another cure. */
  #refused(size: number): JsonMmapError {
    if (errnoOf(this.#refusal) !== 'EFBIG') return noSpace(this.path, size);
    return systemError(this.#refusal, `make ${this.path} ${size} bytes long`);
  }

  /** Extends the file to `size`; false where there is no space for that, or no file may be as long. */
  #allocate(size: number): boolean {
    try {
      this.#system.allocate(this.#fd, this.sizeBytes, size - this.sizeBytes);
      this.sizeBytes = size;
      return true;
    } catch (error) {
      this.#refusal = error;
      if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error) ?? '')) return false;
      throw systemError(error, `make ${this.path} ${size} bytes long`);
    }
  }
}

function roomBytes(sizeBytes: number, kind: MmapSystem['kind']): number {
  if (kind !== 'native') return sizeBytes * ROOM.copy + ROOM.leastBytes;
  if (sizeBytes <= ROOM.smallBytes) return sizeBytes * ROOM.small + ROOM.leastBytes;
  return Math.min(sizeBytes * ROOM.large, ROOM.mostBytes);
}

function wholeUnits(sizeBytes: number): number {
  return sizeBytes - (sizeBytes % 8);
}
