/**
 * The key lists of more than 64 keys that a master met in its segment. An object whose list it meets again is written as a wide one, which shares the
 * list; a list that only one object has, such as the ids of a map, would cost its readers more than a trie does. The table forgets: what it does
 * not know is written as a trie, or its list once more, which costs bytes and never correctness.
 */

const LISTS_MAX = 256;
/** Keys of a list that its hash looks at. */
const SAMPLES = 16;

/** The unit of a list that has not been written. */
const UNWRITTEN = -1;

interface KeyList {
  readonly keys: readonly string[];
  unit: number;
}

export class WideShapes {
  /** By their hash. */
  readonly #lists = new Map<number, KeyList>();

  /** Returns the unit of this list of keys if it was written, -1 if it was only met, undefined if it is new. Notes that it is met now. O(keys). */
  meet(keys: readonly string[]): number | undefined {
    const hash = hashOf(keys);
    const known = this.#lists.get(hash);
    if (known !== undefined && isSame(known.keys, keys)) return known.unit;
    this.#put(hash, { keys, unit: UNWRITTEN });
    return undefined;
  }

  /** Notes that this list was written at `unit`. */
  add(keys: readonly string[], unit: number): void {
    this.#put(hashOf(keys), { keys, unit });
  }

  /** Forgets where lists at or above `unit` are: other bytes will be written there. */
  forgetFrom(unit: number): void {
    for (const list of this.#lists.values()) if (list.unit >= unit) list.unit = UNWRITTEN;
  }

  #put(hash: number, list: KeyList): void {
    if (this.#lists.size >= LISTS_MAX) this.#forgetSome();
    this.#lists.set(hash, list);
  }

  /** Maps of ids come and go; lists that objects share stay until there is no room left. */
  #forgetSome(): void {
    for (const [hash, { unit }] of this.#lists) if (unit === UNWRITTEN) this.#lists.delete(hash);
    if (this.#lists.size >= LISTS_MAX) this.#lists.clear();
  }
}

function hashOf(keys: readonly string[]): number {
  const { length } = keys;
  let hash = length;
  for (let i = 0; i < SAMPLES; i++) {
    const key = keys[Math.floor((i * length) / SAMPLES)];
    hash = Math.imul(hash ^ key.length, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ (key.charCodeAt(0) + key.charCodeAt(key.length - 1) * 256), 0x85ebca6b);
  }
  return hash;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
