/**
 * Small containers of scalars that were written recently, so that equal ones are stored once: real documents repeat them by the
 * thousand (`{"version_added":"1"}`, `[]`), and a reader makes one object where they share a node. Since nothing can be changed in
 * place, no program can tell.
 *
 * Only containers without containers are shared: what a reader walks stays within a constant factor of what is stored, so a
 * hostile file cannot unfold into more than that (see `SHARED_LEAF_MAX`).
 */
import { DirectMapped } from '../direct-mapped.js';
import { isContainer } from '../layout.js';
import type { AppendableSegment } from '../segment.js';

const LINE_BITS = 13;

export class LeafCache {
  /** By their hash: most other nodes are told apart without a look at them, which are far away in memory. */
  readonly #keys = new DirectMapped(LINE_BITS);
  readonly #units = new Int32Array(this.#keys.lines);
  /** What the last `find` looked for, and whether that may be added. */
  #hash = 0;
  #sharable = false;

  /**
   * Returns the unit of a node with these `header` bits (kind and count, without its node id), `shape` and slots, or 0. Remembers where
   * the next `add` belongs.
   */
  find(
    segment: AppendableSegment,
    header: number,
    shape: number,
    words: Int32Array,
    base: number,
    count: number,
    slotsAt: number,
  ): number {
    let hash = Math.imul(header ^ shape, 0x9e3779b1);
    this.#sharable = false;
    for (let i = base; i < base + count * 2; i += 2) {
      if (isContainer(words[i + 1])) return 0;
      hash = Math.imul(hash ^ words[i], 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[i + 1], 0xc2b2ae35);
    }
    this.#sharable = true;
    this.#hash = hash;
    const line = this.#keys.find(hash, 0);
    if (line < 0) return 0;
    const unit = this.#units[line];
    return sameNode(segment.i32, unit, header, shape, words, base, count, slotsAt) ? unit : 0;
  }

  /** Remembers the node that the last `find` did not find. */
  add(unit: number): void {
    if (this.#sharable) this.#units[this.#keys.put(this.#hash, 0)] = unit;
  }

  clear(): void {
    this.#keys.clear();
  }
}

function sameNode(
  i32: Int32Array,
  unit: number,
  header: number,
  shape: number,
  words: Int32Array,
  base: number,
  count: number,
  slotsAt: number,
): boolean {
  const word = unit * 2;
  if (i32[word + 1] >>> 16 !== header) return false;
  if (shape !== 0 && i32[word + 2] !== shape) return false;
  for (let i = 0; i < count * 2; i++) if (i32[word + slotsAt + i] !== words[base + i]) return false;
  return true;
}
