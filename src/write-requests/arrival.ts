/** A request on its way in: its bytes, as far as the limits allow. */
import { JsonMmapError } from '../errors.js';
import type { ControlLimits } from './limits.js';
import { RequestMeter } from './meter.js';

/** The envelope of a request: the object, and the write in it. */
const ENVELOPE_DEPTH = 2;
/** What a chunk takes besides its bytes: somebody may send one byte at a time. */
const CHUNK_BYTES = 256;

/** What all requests that are arriving take together. */
export class PendingBytes {
  #bytes = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there was room for that many more. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#most) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export class Arrival {
  readonly #limits: ControlLimits;
  readonly #pending: PendingBytes;
  readonly #meter: RequestMeter;
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #takenBytes = 0;

  constructor(limits: ControlLimits, pending: PendingBytes) {
    this.#limits = limits;
    this.#pending = pending;
    this.#meter = new RequestMeter(limits.depthMax + ENVELOPE_DEPTH);
  }

  /** @throws `ERR_TOO_LARGE` for a request beyond a limit, `ERR_BUSY` where other requests leave no room for it now */
  add(chunk: Buffer): void {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > this.#limits.requestMaxBytes) throw tooLong(this.#limits.requestMaxBytes);
    this.#meter.feed(chunk);
    const taken = chunk.length + CHUNK_BYTES;
    if (!this.#pending.take(taken)) throw crowded();
    this.#takenBytes += taken;
    this.#chunks.push(chunk);
  }

  /** Returns the text, and gives its bytes back. */
  text(): string {
    const bytes = Buffer.concat(this.#chunks, this.#sizeBytes);
    this.end();
    return bytes.toString('utf8');
  }

  /** Gives the bytes back. Idempotent. */
  end(): void {
    this.#pending.give(this.#takenBytes);
    this.#takenBytes = 0;
    this.#chunks = [];
  }
}

export function tooLong(mostBytes: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `the request is longer than ${mostBytes} bytes, which a master does not take from other processes`,
    { cure: `write it in the master itself, or less at once` },
  );
}

function crowded(): JsonMmapError {
  return new JsonMmapError('ERR_BUSY', 'other requests take all the memory that the master has for them', {
    cure: 'ask again',
  });
}
