/**
 * Keeps objects by what they say, where the bytes that they were made from are gone: what is equal in `fresh` becomes the object that it was in
 * `old`. O(both); `refresh.ts` is O(change), and needs both versions.
 */
import { constructFrom } from '../read/construct.js';

/** Below this depth fresh values stay, so that depth costs no stack. */
const RECURSION_MAX = 1000;

/** Returns `fresh` with the objects of `old` wherever those are equal, order of keys included; `old` itself if all is. Both are frozen JSON values. */
export function adopt(old: unknown, fresh: unknown, depth = 0): unknown {
  if (Object.is(old, fresh)) return old;
  if (!isContainer(old) || !isContainer(fresh) || depth >= RECURSION_MAX) return fresh;
  if (Array.isArray(old)) return Array.isArray(fresh) ? adoptElements(old, fresh, depth + 1) : fresh;
  return Array.isArray(fresh) ? fresh : adoptEntries(old as Entries, fresh as Entries, depth + 1);
}

type Entries = Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function adoptEntries(old: Entries, fresh: Entries, depth: number): unknown {
  const [before, keys] = [Object.keys(old), Object.keys(fresh)];
  const values = keys.map((key) => (Object.hasOwn(old, key) ? adopt(old[key], fresh[key], depth) : fresh[key]));
  const isOld = keys.length === before.length && keys.every((key, i) => key === before[i] && values[i] === old[key]);
  if (isOld) return old;
  return keys.every((key, i) => values[i] === fresh[key]) ? fresh : constructFrom(keys, values, 0);
}

/** Elements that come or go in one place leave those before and behind it. */
function adoptElements(old: readonly unknown[], fresh: readonly unknown[], depth: number): unknown {
  const values = [...fresh];
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && isKept(old, start, values, start, depth)) start++;
  let end = 0;
  while (end < most - start && isKept(old, old.length - 1 - end, values, fresh.length - 1 - end, depth)) end++;
  if (start === old.length && start === fresh.length) return old;
  for (let i = start; i < most - end; i++) values[i] = adopt(old[i], fresh[i], depth);
  return values.every((value, i) => value === fresh[i]) ? fresh : Object.freeze(values);
}

/** Whether element `i` of `old` takes the place `at` as it is. */
function isKept(old: readonly unknown[], i: number, values: unknown[], at: number, depth: number): boolean {
  values[at] = adopt(old[i], values[at], depth);
  return values[at] === old[i];
}
