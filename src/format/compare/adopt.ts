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

function adoptElements(old: readonly unknown[], fresh: readonly unknown[], depth: number): unknown {
  if (old.length !== fresh.length) return adoptResized(old, fresh, depth);
  const values = fresh.map((value, i) => adopt(old[i], value, depth));
  if (values.every((value, i) => value === old[i])) return old;
  return values.every((value, i) => value === fresh[i]) ? fresh : Object.freeze(values);
}

/** Elements that are inserted or removed at one position leave those before and behind it. Each is adopted once: twice at each level would be without end. */
function adoptResized(old: readonly unknown[], fresh: readonly unknown[], depth: number): unknown {
  const most = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < most && isEqual(old[start], fresh[start], depth)) start++;
  let end = 0;
  while (end < most - start && isEqual(old.at(-1 - end), fresh.at(-1 - end), depth)) end++;
  const middle = fresh.slice(start, fresh.length - end);
  const values = middle.map((value, i) => (start + i < most - end ? adopt(old[start + i], value, depth) : value));
  return Object.freeze([...old.slice(0, start), ...values, ...old.slice(old.length - end)]);
}

/** Whether two JSON values say the same, order of keys included; what is nested too deeply counts as another. */
function isEqual(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (!isContainer(a) || !isContainer(b) || depth >= RECURSION_MAX) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  return keys.every((key, i) => key === others[i] && isEqual((a as Entries)[key], (b as Entries)[key], depth + 1));
}
