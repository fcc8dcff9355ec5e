import { hashKey } from '../../../src/format/hash.js';

/** Returns `count` keys of one hash under `seed`: who knows the seed can make as many as he likes, which is why it is random. */
export function collidingKeys(count: number, seed: number): string[] {
  const target = beforeLast(hashKey('a key of theirs', seed));
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i++) {
    const key = completed(`key ${String(i).padStart(6, '0')}`, target, seed);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** Two characters behind `prefix` that lead to `target`: the first is searched for, the second follows from it. */
function completed(prefix: string, target: number, seed: number): string | undefined {
  let start = seed ^ (prefix.length + 2);
  for (let i = 0; i < prefix.length; i++) start = step(start, prefix.charCodeAt(i));
  for (let first = 0; first < 0x10000; first++) {
    const second = step(start, first) ^ target;
    if (second >>> 16 === 0) return prefix + String.fromCharCode(first, second);
  }
  return undefined;
}

function step(hash: number, unit: number): number {
  const mixed = Math.imul(hash ^ unit, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The state, with the last character in it, that ends in `hash`: each step of the hash undone. */
function beforeLast(hash: number): number {
  let state = hash ^ (hash >>> 16);
  state = Math.imul(state, inverse(0xc2b2ae35));
  state = unshift13(state);
  state = Math.imul(state, inverse(0x85ebca6b));
  state ^= state >>> 16;
  state = state ^ (state >>> 15) ^ (state >>> 30);
  return Math.imul(state, inverse(0x9e3779b1));
}

function unshift13(hash: number): number {
  return hash ^ (hash >>> 13) ^ (hash >>> 26);
}

/** The inverse of an odd number modulo 2^32, by Newton's method. */
function inverse(odd: number): number {
  let result = odd;
  for (let i = 0; i < 5; i++) result = Math.imul(result, 2 - Math.imul(odd, result));
  return result;
}
