/**
 * What one traversal of a segment may do. A hostile file of a megabyte can name one subtree twice on each of
 * sixty levels. A document cannot, and that is how readers tell them apart:
 *
 * - Nodes do not overlap (invariant 12 of `spec/FORMAT.md`), and a container of n slots has a node, or several, of more than n units. So all
 *   the containers of a segment have fewer slots than the segment has units, each container counted once.
 * - Only leaves, containers of at most 16 slots without containers in them, are named by more than one slot (invariant 7). So a traversal that
 *   follows the slots meets everything else once, and leaves at most as often as there are slots.
 * - Strings do not overlap (invariant 8), so the strings of a segment, each counted once, have no more bytes than the segment.
 *
 * `MakingBudget` is for a traversal that makes something of each container and can keep what it made of a leaf; it looks at every node once, or
 * twice. `LookingBudget` is for one that cannot, and looks at a leaf wherever it is named. `ViewBudget` (`view-budget.ts`) is for a view, which
 * makes things again that it has forgotten. `bound.ts` has the counts themselves, and that of the bytes of long strings.
 */
import { isContainer, SHARED_LEAF_MAX } from '../layout.js';
import { SlotBound, subtreesShared } from './bound.js';
import { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';

/** Whether the `count` slots from `word` on are those of a container that several slots may name. O(1). */
export function isSharable(i32: Int32Array, word: number, count: number): boolean {
  if (count > SHARED_LEAF_MAX) return false;
  for (let i = 0; i < count; i++) if (isContainer(i32[word + i * 2 + 1])) return false;
  return true;
}

/** A leaf has no index to be looked at. */
const LEAF_LOOKS_MAX = 2;

export class LookingBudget {
  readonly #slots: SlotBound;
  readonly #leafSlots: SlotBound;

  /**
   * @param units Those of the segments that are traversed.
   * @param looks How often a container may be looked at for the slot that names it.
   */
  constructor(units: number, looks: number) {
    this.#slots = new SlotBound(units * looks);
    this.#leafSlots = new SlotBound(units * Math.min(looks, LEAF_LOOKS_MAX) * (SHARED_LEAF_MAX + 1));
  }

  /** Counts a look at a container of `slots` slots. @throws `ERR_REGION_CORRUPT` when there cannot be so many */
  spend(slots: number, sharable: boolean): void {
    (sharable ? this.#leafSlots : this.#slots).spend(slots + 1);
  }
}

/**
 * Counts the slots of the containers that are made, as though no two slots named one node. Once there have been more of them than units, some node
 * was named twice: from then on what was made of each leaf is kept and handed out again, and everything is counted anew. A traversal that runs out a
 * second time has met something else twice.
 */
export class MakingBudget {
  /** Reads the strings of this traversal. */
  readonly strings: LongStrings;
  /** What was made of leaves, by unit, once they must be made no more than once. */
  leaves: Map<number, unknown> | undefined;
  readonly #units: number;
  #taken = 0;
  #most: number;

  constructor(reader: Reader) {
    this.#units = reader.end;
    this.#most = this.#units;
    this.strings = new LongStrings(reader.segment);
  }

  /** Slots, and a container to each list of them, that were counted so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Counts a container of `slots` slots. @throws `ERR_REGION_CORRUPT` when there cannot be so many */
  take(slots: number): void {
    this.#taken += slots + 1;
    if (this.#taken > this.#most) this.#again();
  }

  /** Counts less than it did: what was taken has been given up and will be made again. */
  giveBack(taken: number): void {
    this.#taken -= taken;
  }

  #again(): void {
    if (this.leaves !== undefined) throw subtreesShared();
    this.leaves = new Map();
    this.#most = this.#taken + this.#units;
  }
}
