import type { Segment } from '../../src/format/segment.js';

/**
 * Returns the segment with arrays that throw, and not a coded error, where anything at or behind `limit` is touched: in a mapping that byte may lie
 * behind the end of the file, and touching it ends the process.
 */
export function guarded(segment: Segment): Segment {
  const { limit } = segment;
  return {
    ...segment,
    limit,
    i32: guardedArray(segment.i32, Math.floor(limit / 4)),
    f64: guardedArray(segment.f64, Math.floor(limit / 8)),
    bytes: guardedArray(segment.bytes, limit),
  };
}

/** Methods that take a range, and which of their arguments is its end. */
const RANGES: Record<string, number> = { latin1Slice: 1, ucs2Slice: 1, subarray: 1 };

function guardedArray<T extends Int32Array | Float64Array | Buffer>(array: T, end: number): T {
  return new Proxy(array, {
    get(target, key) {
      if (typeof key === 'string' && /^-?[\d.]+$/.test(key)) {
        if (!(Number(key) >= 0 && Number(key) < end)) throw new Error(`element ${key} of ${end} was touched`);
        return Reflect.get(target, key, target);
      }
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const last = RANGES[String(key)];
      if (last === undefined) throw new Error(`${String(key)} is not known here`);
      return (...args: number[]) => {
        if (!(args[0] >= 0 && args[last] <= end)) throw new Error(`${String(key)}(${args}) of ${end} was touched`);
        return value.apply(target, args);
      };
    },
  });
}
