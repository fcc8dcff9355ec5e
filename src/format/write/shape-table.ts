/**
 * The shapes that a master knows in its segment, so that each key list is stored once. A table that has grown too large is emptied: a
 * document of unique key lists would fill the heap with them, and a shape that is written twice costs only its bytes.
 */

interface Known {
  readonly keys: readonly string[];
  readonly unit: number;
}

const RECENT = 2048;
const KNOWN_MAX = 65536;

export class ShapeTable {
  /** The last shape seen for each of a few thousand patterns: nearly every object of a document finds its shape here. */
  readonly #recent: (Known | undefined)[] = new Array(RECENT).fill(undefined);
  readonly #known = new Map<string, Known>();
  /** Shapes of this write in their order, so that what is rolled back can be forgotten. */
  #written: Known[] = [];

  /** Returns the unit of the shape with exactly these keys, or -1. O(keys). */
  find(keys: readonly string[]): number {
    const place = patternOf(keys);
    const recent = this.#recent[place];
    if (recent !== undefined && sameKeys(recent.keys, keys)) return recent.unit;
    const known = this.#known.get(JSON.stringify(keys));
    if (known === undefined) return -1;
    this.#recent[place] = known;
    return known.unit;
  }

  /** Remembers a shape that was just written at `unit`. */
  add(keys: readonly string[], unit: number): void {
    const known = this.learn(keys, unit);
    this.#written.push(known);
  }

  /** What was written stays. */
  keep(): void {
    this.#written = [];
  }

  /** Remembers a shape that stands at `unit` since an earlier write. */
  learn(keys: readonly string[], unit: number): Known {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    const known = { keys, unit };
    this.#known.set(JSON.stringify(keys), known);
    this.#recent[patternOf(keys)] = known;
    return known;
  }

  /** Forgets what this write put at or above `unit`. */
  forgetFrom(unit: number): void {
    for (let last = this.#written.at(-1); last !== undefined && last.unit >= unit; last = this.#written.at(-1)) {
      this.#known.delete(JSON.stringify(last.keys));
      const place = patternOf(last.keys);
      if (this.#recent[place] === last) this.#recent[place] = undefined;
      this.#written.pop();
    }
  }
}

/** A cheap number of a key list; collisions cost a slower look-up. */
function patternOf(keys: readonly string[]): number {
  const count = keys.length;
  if (count === 0) return 0;
  const first = keys[0];
  const last = keys[count - 1];
  let pattern = count * 31 + first.length;
  pattern = pattern * 31 + last.length;
  if (first.length > 0) pattern = pattern * 31 + first.charCodeAt(0);
  if (last.length > 0) pattern = pattern * 31 + last.charCodeAt(last.length - 1);
  return (pattern ^ (pattern >>> 11)) & (RECENT - 1);
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
