/** A small map from old to new nodes that forgets: what it no longer knows is copied again, which costs bytes and never correctness. */
const ENTRIES = 1 << 16;

export class CopyCache {
  readonly #keys = new Int32Array(ENTRIES);
  readonly #values = new Int32Array(ENTRIES);
  readonly #details = new Int32Array(ENTRIES);

  /** Returns what `key` became, or 0; `detail` must be what it was added with. */
  find(key: number, detail: number): number {
    const place = (key ^ (key >>> 16)) & (ENTRIES - 1);
    return this.#keys[place] === key && this.#details[place] === detail ? this.#values[place] : 0;
  }

  add(key: number, detail: number, value: number): void {
    const place = (key ^ (key >>> 16)) & (ENTRIES - 1);
    this.#keys[place] = key;
    this.#details[place] = detail;
    this.#values[place] = value;
  }
}
