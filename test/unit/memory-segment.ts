import type { AppendableSegment } from '../../src/format/segment.js';

/** A segment in plain memory: the format needs no file. */
export class MemorySegment implements AppendableSegment {
  readonly number: number;
  readonly nodeIdBase: number;
  readonly hashSeed: number;
  i32!: Int32Array;
  f64!: Float64Array;
  bytes!: Buffer;
  head = 64;
  #limit: number | undefined;

  constructor({ number = 1, nodeIdBase = 0, hashSeed = 0x5eed, capacity = 1 << 16 } = {}) {
    this.number = number;
    this.nodeIdBase = nodeIdBase;
    this.hashSeed = hashSeed;
    this.#view(new ArrayBuffer(capacity));
  }

  get limit(): number {
    return this.#limit ?? this.head;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
  }

  reserve(sizeBytes: number): void {
    if (this.head + sizeBytes <= this.bytes.length) return;
    const larger = new ArrayBuffer(Math.max(this.bytes.length * 2, this.head + sizeBytes + 4096));
    new Uint8Array(larger).set(this.bytes);
    this.#view(larger);
  }

  #view(buffer: ArrayBuffer): void {
    const whole = buffer.byteLength & ~7;
    this.i32 = new Int32Array(buffer, 0, whole / 4);
    this.f64 = new Float64Array(buffer, 0, whole / 8);
    this.bytes = Buffer.from(buffer, 0, whole);
  }
}
