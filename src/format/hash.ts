/**
 * Returns the 32-bit hash that places a key in a large object. O(length). Seeded for each region, so that keys from outside cannot be
 * chosen to fall into one bucket.
 */
export function hashKey(key: string, seed: number): number {
  let hash = seed ^ key.length;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  // The finalizer of MurmurHash3 (public domain): every input bit reaches every output bit.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
