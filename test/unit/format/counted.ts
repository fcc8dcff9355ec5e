/** Work instead of time: what a read loads of a segment. */
import type { Segment } from '../../../src/format/segment.js';

/** Loads of words, and bytes that native calls went through; more than `most` of them throw. */
export class Work {
  loads = 0;
  readonly #most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  add(count: number): void {
    this.loads += count;
    if (this.loads > this.#most) throw new Error(`more than ${this.#most} loads`);
  }
}

/** Methods of buffers that readers call, and which of their arguments are the start and the end of what is gone through. */
const RANGES: Record<string, readonly [start: number, end: number]> = {
  latin1Slice: [0, 1],
  ucs2Slice: [0, 1],
  subarray: [0, 1],
  compare: [3, 4],
};

const originals = new WeakMap<object, object>();

/** Returns the segment with arrays that count in `work` what is loaded, in units of 8 bytes where it is many. */
export function counted(segment: Segment, work: Work): Segment {
  const { limit } = segment;
  const wrap = <T extends object>(array: T): T => countedArray(array, work);
  return { ...segment, limit, i32: wrap(segment.i32), f64: wrap(segment.f64), bytes: wrap(segment.bytes) };
}

function countedArray<T extends object>(array: T, work: Work): T {
  const proxy = new Proxy(array, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') {
        work.add(1);
        return value;
      }
      const range = RANGES[String(key)];
      return (...args: unknown[]) => {
        if (range !== undefined) work.add(1 + ((args[range[1]] as number) - (args[range[0]] as number)) / 8);
        return value.apply(
          target,
          args.map((arg) => (typeof arg === 'object' && arg !== null && originals.get(arg)) || arg),
        );
      };
    },
  });
  originals.set(proxy, array);
  return proxy;
}
