/** The seed's class: one JSON object in shared memory, one process that writes it, any number that read it. */
import type { MmapOptions } from './arguments.js';
import { encodeFrame, publishFrame, readFrame } from './frame.js';
import { Mmap } from './mmap.js';

const DEFAULT_TAGNAME = 'share_mmap';

/**
 * One JSON object in shared memory, as `<decimal byte length>:<json>`: what a Python program that speaks the same protocol reads and
 * writes too. The whole object is written and parsed each time; for documents that are large or read often, use `Master` and `Follower`.
 *
 * One process writes at a time. Readers of this class never see a torn object, also while the master writes in a loop; frame.ts says how.
 * The methods below never throw: they answer with what the seed answers. They leave the position of the mapping alone.
 *
 * @example
 * new ObjectMmap(-1, 1024 * 1024).jsonWrite([1, 2, 3]);                                // the master
 * new ObjectMmap(-1, 1024 * 1024, { access: 'read' }).jsonReadFollower();              // a follower: [1, 2, 3]
 */
export class ObjectMmap<T = unknown> extends Mmap {
  /** JSON of the last object that was written or read here: text, so that no caller can change it. */
  #lastGood: string | undefined;

  /**
   * Maps memory for one object.
   * @param fileno As for `Mmap`; default -1: memory named `tagname`.
   * @param length Bytes of the mapping, default 1024: what an object can have, with the digits of its length and a colon in front.
   * @param options As for `Mmap`; `tagname` is `share_mmap` by default where `fileno` is -1.
   * @throws As `Mmap`.
   */
  constructor(fileno = -1, length = 1024, options: MmapOptions = {}) {
    super(fileno, length, fileno === -1 ? withTagname(options) : options);
  }

  /**
   * Replaces the object and returns true, or returns false and leaves the old one readable: when the object does not fit, JSON cannot hold
   * it, access is `read` (with `copy` it is seen here alone) or the mapping is closed. O(object); visible when it returns.
   */
  jsonWrite(object: T): boolean {
    const text = quietly(() => JSON.stringify(object));
    if (text === undefined || this.closed || this.memory.access === 'read') return false;
    const frame = encodeFrame(text, this.length);
    if (frame === undefined || !quietly(() => publishFrame(this.memory, frame))) return false;
    this.#lastGood = text;
    return true;
  }

  /**
   * Returns the object in the mapping: what this process has written, or found there if it has not written yet. Otherwise, the last one that
   * it wrote or read; null when there is none. Each call returns an object of its own. O(object).
   */
  jsonReadMaster(): T | null {
    return this.#read();
  }

  /**
   * Returns the object in the mapping or, while there is none that can be read, the last one that was; null when there was none yet. Each
   * call returns an object of its own. O(object); blocks for a millisecond at most while a master is writing.
   */
  jsonReadFollower(): T | null {
    return this.#read();
  }

  #read(): T | null {
    const frame = this.closed ? undefined : quietly(() => readFrame(this.memory));
    if (frame === undefined) return this.#lastGood === undefined ? null : JSON.parse(this.#lastGood);
    this.#lastGood = frame.text;
    return frame.value as T;
  }
}

function withTagname(options: MmapOptions): MmapOptions {
  return { ...options, tagname: options?.tagname ?? DEFAULT_TAGNAME };
}

/** What the seed's `except Exception` covers: what JSON cannot hold, a `toJSON` that throws and, over system calls, a file that fails. */
function quietly<R>(call: () => R): R | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
