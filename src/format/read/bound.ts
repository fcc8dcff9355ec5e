/** The counts that no sound segment exceeds: how readers notice that hostile bytes name one thing again and again (see `budget.ts`). */
import { corrupt } from '../corrupt.js';
import type { Segment } from '../segment.js';

/** The slots of containers that a traversal may meet. Beyond them, two slots have named one subtree that is no leaf (invariant 7). */
export class SlotBound {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** @throws `ERR_REGION_CORRUPT` when there cannot be so many */
  spend(slots: number): void {
    this.#left -= slots;
    if (this.#left < 0) throw subtreesShared();
  }
}

/** Returns the error for a tree in which two slots name one subtree that is no leaf. */
export function subtreesShared(): Error {
  return corrupt('subtrees are shared');
}

/**
 * The bytes, or characters, of different long strings of one segment: they do not overlap (invariant 8), so they have no more than the segment. Its
 * master goes on to write, so the limit is read each time.
 */
export class StringBound {
  readonly #segment: Segment;
  #spent = 0;

  constructor(segment: Segment) {
    this.#segment = segment;
  }

  /** @throws `ERR_REGION_CORRUPT` when there cannot be so many */
  spend(sizeBytes: number): void {
    this.#spent += sizeBytes;
    if (this.#spent > this.#segment.limit) throw corrupt('strings overlap');
  }
}
