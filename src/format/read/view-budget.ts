/** How much a view may make of a document: a hostile file that repeats subtrees would unfold into more than any memory holds. */
import { corrupt } from '../corrupt.js';
import { SHARED_LEAF_MAX } from '../layout.js';

/**
 * Counts the slots of the containers that a view makes. A document has no more of them than units, times what the sharing of small leaves
 * allows. But children of large containers are forgotten and made again, as often as a program asks for them, so what they took is
 * given back when the program's turn ends. Within a turn the budget may run out once: some must have been made again, and from then on
 * all are kept, so that each is made and counted once.
 */
export class ViewBudget {
  readonly #most: number;
  #left: number;
  /** Taken in this turn by what may be forgotten. */
  #passing = 0;
  #keepsAll = false;

  /** @param units Those of the segment that the document may use. */
  constructor(units: number) {
    this.#most = units * (SHARED_LEAF_MAX + 1);
    this.#left = this.#most;
  }

  /** Whether nothing may be forgotten any more. */
  get keepsAll(): boolean {
    return this.#keepsAll;
  }

  /** Takes `slots` for a container, which is kept as long as the view is or not. @throws `ERR_REGION_CORRUPT` */
  take(slots: number, kept: boolean): void {
    this.#left -= slots;
    if (!kept && !this.#keepsAll) this.#note(slots);
    if (this.#left >= 0) return;
    if (this.#keepsAll) throw corrupt('subtrees are shared');
    this.#keepsAll = true;
    this.#left = this.#most;
  }

  #note(slots: number): void {
    if (this.#passing === 0) queueMicrotask(() => this.#giveBack());
    this.#passing += slots;
  }

  #giveBack(): void {
    if (!this.#keepsAll) this.#left += this.#passing;
    this.#passing = 0;
  }
}
