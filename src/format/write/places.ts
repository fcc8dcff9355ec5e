/** A small map from old to new places that forgets: what it no longer knows is copied again, which costs bytes and never correctness. */
const PLACES = 1 << 16;

export class Places {
  readonly #keys = new Int32Array(PLACES);
  readonly #values = new Int32Array(PLACES);
  readonly #details = new Int32Array(PLACES);

  /** Returns what `key` became, or 0; `detail` must be what it was added with. */
  find(key: number, detail: number): number {
    const place = (key ^ (key >>> 16)) & (PLACES - 1);
    return this.#keys[place] === key && this.#details[place] === detail ? this.#values[place] : 0;
  }

  add(key: number, detail: number, value: number): void {
    const place = (key ^ (key >>> 16)) & (PLACES - 1);
    this.#keys[place] = key;
    this.#details[place] = detail;
    this.#values[place] = value;
  }
}
