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

type Elements = Int32Array | Float64Array | Buffer;

/** What stands behind each guarded array, and where it ends. */
const guards = new WeakMap<object, { readonly array: Elements; readonly end: number }>();

/** Methods that take a range of the array, and which of their arguments are its start and end; `of` is an array whose range they take too. */
const RANGES: Record<string, readonly { readonly of?: number; readonly start: number; readonly end: number }[]> = {
  latin1Slice: [{ start: 0, end: 1 }],
  ucs2Slice: [{ start: 0, end: 1 }],
  subarray: [{ start: 0, end: 1 }],
  compare: [
    { of: 0, start: 1, end: 2 },
    { start: 3, end: 4 },
  ],
};

function guardedArray<T extends Elements>(array: T, end: number): T {
  const guard = new Proxy(array, {
    get(target, key) {
      if (typeof key === 'string' && /^-?[\d.]+$/.test(key)) {
        if (!(Number(key) >= 0 && Number(key) < end)) throw new Error(`element ${key} of ${end} was touched`);
        return Reflect.get(target, key, target);
      }
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const ranges = RANGES[String(key)];
      if (ranges === undefined) throw new Error(`${String(key)} is not known here`);
      return (...args: unknown[]) => {
        for (const range of ranges) {
          const most = range.of === undefined ? end : (guards.get(args[range.of] as object)?.end ?? -1);
          const [from, to] = [args[range.start] as number, args[range.end] as number];
          if (!(from >= 0 && to <= most)) throw new Error(`${String(key)}, ${from} to ${to} of ${most}, was touched`);
        }
        return value.apply(
          target,
          args.map((arg) => guards.get(arg as object)?.array ?? arg),
        );
      };
    },
  });
  guards.set(guard, { array, end });
  return guard;
}
