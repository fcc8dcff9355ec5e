/** What nodes and strings became in another segment. What it has forgotten is copied again, which costs bytes and never correctness. */
import { DirectMapped } from '../direct-mapped.js';

const LINE_BITS = 16;

export class CopyCache {
  readonly #keys = new DirectMapped(LINE_BITS);
  readonly #copies = new Int32Array(this.#keys.lines);

  /** Returns the copy of `original`, or 0; `detail` must be what it was added with. */
  find(original: number, detail: number): number {
    const line = this.#keys.find(original, detail);
    return line < 0 ? 0 : this.#copies[line];
  }

  add(original: number, detail: number, copy: number): void {
    this.#copies[this.#keys.put(original, detail)] = copy;
  }
}
