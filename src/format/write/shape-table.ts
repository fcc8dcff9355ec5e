/**
 * The shapes that a master knows in its segment, so that each key list is stored once: a tree in which each key leads on from those before it, so
 * that the shape of an object is known when its last key is read. A table that has grown too large is emptied: a document of unique key lists
 * would fill the heap with it, and a shape that is written twice costs only its bytes.
 */

const PATHS_MAX = 65536;
/** The engine compares equal strings character by character unless they are one and the same, so from this length on the last one is kept. */
const LONG_CHARACTERS = 1024;

export class ShapeTable {
  /** The path of no keys. */
  root = new KeyPath(undefined, '', this);
  #paths = 0;
  /** Paths whose shapes were written in this write, in their order, so that what is rolled back can be forgotten. */
  #written: KeyPath[] = [];

  /** Returns the path of these keys. O(keys). */
  of(keys: readonly string[]): KeyPath {
    let path = this.root;
    for (const key of keys) path = path.after(key);
    return path;
  }

  /** Notes that the shape of `path` was just written at `unit`. */
  add(path: KeyPath, unit: number): void {
    path.unit = unit;
    this.#written.push(path);
  }

  /** What was written stays. */
  keep(): void {
    this.#written = [];
  }

  /** Forgets what this write put at or above `unit`. */
  forgetFrom(unit: number): void {
    for (let last = this.#written.at(-1); last !== undefined && last.unit >= unit; last = this.#written.at(-1)) {
      last.unit = -1;
      this.#written.pop();
    }
  }

  /** Counts one more path. Those who hold the old ones can go on with them. */
  grown(): void {
    if (++this.#paths < PATHS_MAX) return;
    this.#paths = 0;
    this.root = new KeyPath(undefined, '', this);
  }
}

/** Some keys in their order. */
export class KeyPath {
  /** How many. */
  readonly count: number;
  /** Where their shape stands; -1 while there is none. */
  unit = -1;
  readonly #before: KeyPath | undefined;
  #key: string;
  readonly #table: ShapeTable;
  /** The path that was asked for last: most objects are like the one before. */
  #next: KeyPath | undefined;
  #others: Map<string, KeyPath> | undefined;

  constructor(before: KeyPath | undefined, key: string, table: ShapeTable) {
    this.count = before === undefined ? 0 : before.count + 1;
    this.#before = before;
    this.#key = key;
    this.#table = table;
  }

  /** Returns the path with `key` behind these keys. O(1), for a long key that is not the same string as the last time O(its length). */
  after(key: string): KeyPath {
    const next = this.#next;
    if (next === undefined || next.#key !== key) return this.#turn(key);
    if (key.length >= LONG_CHARACTERS) next.#key = key;
    return next;
  }

  /** Returns the keys as a list. O(keys). */
  list(): string[] {
    const keys = new Array<string>(this.count);
    let path: KeyPath = this;
    for (let i = this.count - 1; i >= 0; i--) {
      keys[i] = path.#key;
      path = path.#before as KeyPath;
    }
    return keys;
  }

  #turn(key: string): KeyPath {
    if (this.#next === undefined) {
      this.#next = this.#made(key);
      return this.#next;
    }
    this.#others ??= new Map([[this.#next.#key, this.#next]]);
    let path = this.#others.get(key);
    if (path === undefined) {
      path = this.#made(key);
      this.#others.set(key, path);
    } else if (key.length >= LONG_CHARACTERS) {
      path.#key = key;
      this.#others.delete(key);
      this.#others.set(key, path);
    }
    this.#next = path;
    return path;
  }

  #made(key: string): KeyPath {
    this.#table.grown();
    return new KeyPath(this, key, this.#table);
  }
}
