/** A segment as a follower holds it: mapped read-only, as far as the commits that it has seen reach, for as long as anybody holds it (I17). */
import { closeSync, fstatSync } from 'node:fs';
import { assert, JsonMmapError } from '../../errors.js';
import type { Segment } from '../../format/segment.js';
import type { Mapping, MmapSystem } from '../../system/contract.js';
import { corrupt } from '../errors.js';
import { mapSegment, type SegmentFile } from './segment-file.js';

const ROOM_BYTES = 1 << 20;
/** A segment grows by a third before it is left for a fresh one. */
const ROOM_SHARE = 0.5;

export class ReadableSegment implements Segment {
  readonly number: number;
  readonly nodeIdBase: number;
  readonly hashSeed: number;
  i32!: Int32Array;
  f64!: Float64Array;
  bytes!: Buffer;
  limit = 0;
  readonly #system: MmapSystem;
  readonly #file: SegmentFile;
  #mapping!: Mapping;
  /** Mappings that a longer one has replaced: somebody may be reading their arrays. */
  readonly #outgrown: Mapping[] = [];
  /** Bytes of the file when it was last looked at; it only grows. */
  #sizeBytes: number;
  /** Where the bytes end that a mapping which is a copy has brought up to date. */
  #pulled = 0;
  #closed = false;
  /** Its creator is the first. */
  #holders = 1;
  /** How many of the holders are leases: see `lease.ts`. */
  #leases = 0;

  /**
   * Takes over the open `file`, and is held by its maker.
   * @throws `ERR_REGION_CORRUPT` when the file ends below `watermark`
   */
  constructor(system: MmapSystem, file: SegmentFile, watermark: number) {
    this.number = file.header.number;
    this.nodeIdBase = file.header.nodeIdBase;
    this.hashSeed = file.header.hashSeed;
    this.#system = system;
    this.#file = file;
    this.#sizeBytes = file.size;
    this.#checkSize(watermark);
    this.#map(watermark);
    this.limit = watermark;
  }

  /** Bytes of the file. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether nobody holds it any more: its memory has been given back, and nothing of it can be read (I18). */
  get released(): boolean {
    return this.#holders === 0;
  }

  /** Whether a program may be holding it, by what was handed out to it. */
  get leased(): boolean {
    return this.#leases > 0;
  }

  /** Keeps it mapped until `release` has been called once more. */
  hold(): this {
    assert(this.#holders > 0, 'a segment is held that nobody holds any more');
    this.#holders++;
    return this;
  }

  /** Releases it; the last holder unmaps it at once (I17). Exactly once for each `hold`, and for its construction. */
  release(): void {
    assert(this.#holders > 0, 'a segment is released more often than it was held');
    if (--this.#holders === 0) this.#unmap();
  }

  /** As `hold`, for what is handed out to the program. */
  lend(): void {
    this.hold();
    this.#leases++;
  }

  /** As `release`, after `lend`. */
  takeBack(): void {
    this.#leases--;
    this.release();
  }

  /**
   * Makes everything below `watermark` readable; may replace the arrays, and the old ones stay valid. Free when nothing is new, no system
   * call while the new bytes lie in what the file had when it was last looked at.
   * @throws `ERR_REGION_CORRUPT` when the file ends below `watermark`
   */
  cover(watermark: number): void {
    if (watermark <= this.limit) return;
    this.#checkSize(watermark);
    if (watermark > this.#mapping.length) this.#map(watermark);
    else if (watermark > this.#pulled) this.#pull(watermark);
    this.limit = watermark;
  }

  /**
   * Closes the file of a segment that is no longer written, whose size is final: whatever commits it has can still be covered. Idempotent.
   */
  seal(): void {
    if (this.#closed) return;
    this.#sizeBytes = fstatSync(this.#file.fd).size;
    if (this.#sizeBytes > this.#mapping.length) this.#map(this.#sizeBytes);
    else this.#pull(this.#sizeBytes);
    this.close();
  }

  /** Closes the file. The bytes stay readable for as long as anybody holds them. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file.fd);
  }

  /** Bytes between the end of the file and the end of the mapping must never be touched: SIGBUS (I5). */
  #checkSize(watermark: number): void {
    if (watermark <= this.#sizeBytes) return;
    if (!this.#closed) this.#sizeBytes = fstatSync(this.#file.fd).size;
    if (watermark > this.#sizeBytes) {
      throw corrupt(this.#file.path, `it has ${this.#sizeBytes} bytes, a commit needs ${watermark}`);
    }
  }

  #map(watermark: number): void {
    const mapping = mapSegment(this.#system, this.#file, watermark * (1 + ROOM_SHARE) + ROOM_BYTES, 'read');
    if (this.#mapping !== undefined) this.#outgrown.push(this.#mapping);
    this.#mapping = mapping;
    const { buffer } = mapping;
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer, 0, mapping.length >>> 3);
    this.bytes = Buffer.from(buffer);
    this.#pulled = watermark;
  }

  #pull(end: number): void {
    this.#mapping.pull(this.#pulled, end - this.#pulled);
    this.#pulled = end;
  }

  #unmap(): void {
    this.close();
    forbidReading(this);
    for (const mapping of [...this.#outgrown.splice(0), this.#mapping]) mapping.close();
  }
}

/**
 * Makes every access to the arrays of `segment` throw (I18): what a mapping shows once it is gone depends on the system, and some show zeros, which
 * are values too.
 */
export function forbidReading(segment: Segment): void {
  const get = (): never => {
    throw new JsonMmapError('ERR_CLOSED', `the memory of segment ${segment.number} has been given back`, {
      cure: `open it again`,
    });
  };
  for (const name of ['i32', 'f64', 'bytes']) Object.defineProperty(segment, name, { get });
}
