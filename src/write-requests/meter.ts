/** What parsing a JSON text will take, found out byte by byte while it arrives. */
import { getHeapStatistics } from 'node:v8';
import { JsonMmapError } from '../errors.js';

/** What V8 takes for them at most, measured: an empty array, a property with a key of its own and the shape it makes, an element. */
const CONTAINER_BYTES = 64;
const PROPERTY_BYTES = 128;
const ELEMENT_BYTES = 32;
/** A text with one character beyond Latin-1 takes two bytes for each. */
const CHARACTER_BYTES = 2;
/** The document that is made of the request wants room too. */
const SHARE_OF_HEAP = 1 / 2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export class RequestMeter {
  readonly #depthMax: number;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #heapBytes = 0;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /**
   * Takes the next bytes of the text; what is no JSON is left to the parser to refuse. O(bytes), about a nanosecond each.
   * @throws `ERR_TOO_LARGE` for a text that is nested too deeply, or that this process has not the memory to parse
   */
  feed(chunk: Buffer): void {
    this.#scan(chunk);
    this.#heapBytes += chunk.length * CHARACTER_BYTES;
    const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
    if (this.#heapBytes <= (limit - used) * SHARE_OF_HEAP) return;
    throw new JsonMmapError('ERR_TOO_LARGE', 'the request would take more memory than the master has left', {
      cure: 'start the master with a larger --max-old-space-size, or write less at once',
    });
  }

  #scan(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; )
      at = this.#inString ? this.#endOfString(chunk, at) : this.#startOfString(chunk, at);
  }

  /** Returns where a string that has begun before `at` is over, or the end of the chunk. */
  #endOfString(chunk: Buffer, at: number): number {
    let i = this.#escaped ? at + 1 : at;
    this.#escaped = false;
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) {
        this.#inString = false;
        return i + 1;
      }
    }
    this.#escaped = i > chunk.length; // the byte behind a backslash comes with the next chunk
    return chunk.length;
  }

  /** Charges what is outside of strings. Returns where the next string has begun, or the end of the chunk. */
  #startOfString(chunk: Buffer, at: number): number {
    let depth = this.#depth;
    let bytes = this.#heapBytes;
    let i = at;
    while (i < chunk.length && !this.#inString) {
      switch (chunk[i++]) {
        case QUOTE:
          this.#inString = true;
          break;
        case COMMA:
          bytes += ELEMENT_BYTES;
          break;
        case COLON:
          bytes += PROPERTY_BYTES;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          bytes += CONTAINER_BYTES;
          if (++depth > this.#depthMax) throw tooDeep(this.#depthMax);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          depth--;
      }
    }
    this.#depth = depth;
    this.#heapBytes = bytes;
    return i;
  }
}

export function tooDeep(depthMax: number): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `the request is nested more than ${depthMax} deep, which a master does not take from other processes`,
    { cure: `write it in the master itself` },
  );
}
