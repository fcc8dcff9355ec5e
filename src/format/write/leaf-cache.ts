/**
 * Small containers of scalars that were written lately, so that equal ones are stored once: real documents repeat them by the
 * thousand (`{"version_added":"1"}`, `[]`), and a reader makes one object where they share a node. Since nothing can be changed in
 * place, nobody can tell.
 *
 * Only containers without containers are shared: what a reader walks stays within a constant factor of what is stored, so a
 * hostile file cannot unfold into more than that (see `SHARED_LEAF_MAX`).
 */
import { isContainer } from '../layout.js';
import type { AppendableSegment } from '../segment.js';

const PLACES = 8192;

export class LeafCache {
  readonly #units = new Int32Array(PLACES);
  /** Their hashes: other nodes are told apart without looking at them, which are far away in memory. */
  readonly #hashes = new Int32Array(PLACES);
  #place = 0;
  #hash = 0;

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
    for (let i = base; i < base + count * 2; i += 2) {
      if (isContainer(words[i + 1])) {
        this.#place = -1;
        return 0;
      }
      hash = Math.imul(hash ^ words[i], 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[i + 1], 0xc2b2ae35);
    }
    this.#hash = hash;
    this.#place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    const unit = this.#units[this.#place];
    if (unit === 0 || this.#hashes[this.#place] !== hash) return 0;
    return sameNode(segment.i32, unit, header, shape, words, base, count, slotsAt) ? unit : 0;
  }

  /** Remembers the node that the last `find` did not find. */
  add(unit: number): void {
    if (this.#place < 0) return;
    this.#units[this.#place] = unit;
    this.#hashes[this.#place] = this.#hash;
  }

  clear(): void {
    this.#units.fill(0);
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
