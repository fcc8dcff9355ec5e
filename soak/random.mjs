// Random choices that are the same for the same seed.
import { randomNumbers } from '../bench/documents/random.mjs';

/**
 * @typedef {object} Random
 * @property {() => number} next in [0, 1)
 * @property {(below: number) => number} integer from 0
 * @property {(least: number, most: number) => number} between both included
 * @property {(share: number) => boolean} chance
 * @property {<T>(list: readonly T[]) => T} pick
 */

/** Returns a source of choices; each of `salts` gives another one. @returns {Random} */
export function randomOf(seed, ...salts) {
  const next = randomNumbers(salts.reduce((mixed, salt) => Math.imul(mixed ^ (salt + 0x9e3779b9), 0x85ebca6b), seed));
  const integer = (below) => Math.floor(next() * below);
  return {
    next,
    integer,
    between: (least, most) => least + integer(most - least + 1),
    chance: (share) => next() < share,
    pick: (list) => list[integer(list.length)],
  };
}
