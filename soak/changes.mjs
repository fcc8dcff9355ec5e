// What a write is to change: chosen at random, then put as each kind of write puts it.
import { partOf } from './document.mjs';
import { randomValue } from './values.mjs';

/** Keys of parts: some look like integers, some need escaping in a pointer. */
const KEYS = ['a', 'b', 'c', 'd', 'e', '7', '0', '12', 'ключ', 'a/b', 'm~n', '', 'long key of a part', 'x', 'y', 'z'];
const FEWEST_PARTS = 4;
const MOST_AT_ONCE = 4;

/**
 * @typedef {{ op: 'add' | 'replace' | 'remove', path: (string | number)[], value?: unknown }} Edit of one path
 * @typedef {object} PartChange
 * @property {string} key
 * @property {import('./document.mjs').Part | undefined} part as it will be; undefined when it goes
 * @property {Edit[]} edits the same, path by path
 */

/**
 * Returns changes of a few parts of a document.
 * @param {import('./random.mjs').Random} random
 * @param {number} stamp of this write
 * @param {Readonly<Record<string, import('./document.mjs').Part>>} parts as they are
 * @returns {PartChange[]}
 */
export function randomChanges(random, stamp, parts) {
  const keys = new Set(Array.from({ length: random.between(1, MOST_AT_ONCE) }, () => random.pick(KEYS)));
  let left = Object.keys(parts).length;
  return [...keys].map((key) => {
    const change = changeOf(random, stamp, key, parts[key], left > FEWEST_PARTS);
    if (change.part === undefined) left--;
    return change;
  });
}

/** A new part, in the place of another or of none. @returns {PartChange} */
export function replacement(random, stamp, key, before) {
  const part = partOf(
    stamp,
    Array.from({ length: random.integer(5) }, () => randomValue(random)),
  );
  return { key, part, edits: [{ op: before === undefined ? 'add' : 'replace', path: ['parts', key], value: part }] };
}

/** @returns {PartChange} */
export function removal(key) {
  return { key, part: undefined, edits: [{ op: 'remove', path: ['parts', key] }] };
}

function changeOf(random, stamp, key, before, mayGo) {
  const kind = random.next();
  if (before === undefined || kind < 0.35) return replacement(random, stamp, key, before);
  if (kind < 0.55 && mayGo) return removal(key);
  return changeInside(random, stamp, key, before);
}

/** One element of the body comes, goes or is another; the rest stays where it lies. @returns {PartChange} */
function changeInside(random, stamp, key, { body: before }) {
  const at = ['parts', key, 'body'];
  const body = [...before];
  const index = random.integer(body.length + 1);
  const value = randomValue(random);
  const there = index < body.length;
  let edit = { op: 'replace', path: [...at, index], value };
  if (there && random.chance(0.4)) {
    edit = { op: 'remove', path: [...at, index] };
    body.splice(index, 1);
  } else if (!there) {
    edit = { op: 'add', path: [...at, index], value };
    body.push(value);
  } else {
    body[index] = value;
  }
  const part = partOf(stamp, body);
  return { key, part, edits: [edit, replace(key, 'stamp', part.stamp), replace(key, 'sum', part.sum)] };
}

function replace(key, name, value) {
  return { op: 'replace', path: ['parts', key, name], value };
}
