/** How the bytes that a region may take are shared among its segments. */
import { SEGMENT_MIN_BYTES } from '../files/layout.js';
import type { OldSegments } from './retention.js';

/**
 * What a segment is being filled with: a document that is published where it is, a copy that left all garbage behind, or an edit that is copied
 * elsewhere before it is published. Each may have more than the one before.
 */
export type Use = 'document' | 'copy' | 'scratch';

/** What a segment may have of `maxBytes`: an edit and its copy are all of it, and a copy may be packed a bit worse than what it is made of. */
const SHARES = { document: 6 / 16, copy: 7 / 16, scratch: 9 / 16 } as const;

/**
 * If one segment could take all of `maxBytes`, there would be no room for the copy that leaves its garbage behind, and nothing could be
 * written any more, not even a deletion.
 */
export class SegmentBudget {
  readonly #maxBytes: number;
  readonly #old: OldSegments;

  /** @param maxBytes Bytes for all segments together, those that `old` keeps included. */
  constructor(maxBytes: number, old: OldSegments) {
    this.#maxBytes = maxBytes;
    this.#old = old;
  }

  /** Returns how many bytes one segment may have; 0 or less where the old ones take too much. */
  bytesFor(use: Use): number {
    return Math.floor((this.#maxBytes - this.#old.sizeBytes) * SHARES[use]);
  }

  /** Whether another segment of the smallest size fits. */
  get hasRoom(): boolean {
    return this.bytesFor('document') >= SEGMENT_MIN_BYTES;
  }
}
