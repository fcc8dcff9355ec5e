/**
 * Returns the 32-bit MurmurHash3 (x86 variant) of `count` words. It tells a torn or foreign record from a whole one; it is no
 * protection against an owner who forges files.
 */
export function checksum(words: Int32Array, count: number, seed: number): number {
  let hash = seed;
  for (let i = 0; i < count; i++) {
    let word = Math.imul(words[i], 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= count * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
