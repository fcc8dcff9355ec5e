/**
 * Returns the 32-bit hash that places a key in a large object. O(length). Seeded for each region, so that keys from outside cannot be
 * chosen to fall into one bucket. The key is `text`, or the part of it from `from` to before `to`.
 */
export function hashKey(text: string, seed: number, from = 0, to: number = text.length): number {
  let hash = seed ^ (to - from);
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  // The finalizer of MurmurHash3 (public domain): every input bit reaches every output bit.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
