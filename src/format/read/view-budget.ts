/** How much a view may make of a document: a hostile file that repeats subtrees would unfold into more than any memory holds. */
import { subtreesShared } from './bound.js';
import { LongStrings } from './long-strings.js';
import type { Reader } from './reader.js';

/** How often, in one turn of a program, a view may make everything again that it had forgotten. */
const PASSES_MAX = 4;

interface Known {
  /** The word of the slot that names it; several do where it is sharable. */
  readonly word: number;
  readonly sharable: boolean;
  readonly view: object;
}

/**
 * Counts the slots of the containers that a view makes. A document has no more of them than units (see `budget.ts`), each counted once. But children of
 * large containers are forgotten and made again, as often as a program asks for them, so what they take is counted by itself, and anew in each
 * turn of the program. Once either count runs out, something was made more than once, and from then on everything is kept: a container
 * is made once, and refused to a second slot unless it may be shared. No use that a program makes of a sound document is refused.
 */
export class ViewBudget {
  /** Reads the strings of the view. */
  readonly strings: LongStrings;
  readonly #units: number;
  #keptLeft: number;
  /** Taken in this turn by what may be forgotten. */
  #passing = 0;
  #known: Map<number, Known> | undefined;
  /** The containers to which leaves of indexes belong, by the unit of the leaf. */
  readonly #owners = new Map<number, number>();

  constructor(reader: Reader) {
    this.strings = new LongStrings(reader.segment);
    this.#units = reader.end;
    this.#keptLeft = reader.end;
  }

  /** Whether nothing may be forgotten any more. */
  get keepsAll(): boolean {
    return this.#known !== undefined;
  }

  /** Counts `slots` for a container, which is kept as long as the view is or not. */
  take(slots: number, kept: boolean): void {
    if (kept) this.#keptLeft -= slots + 1;
    else this.#pass(slots + 1);
    if (this.#keptLeft < 0 || this.#passing > this.#units * PASSES_MAX) this.#known ??= new Map();
  }

  /** Returns the view of the container at `unit`, which the slot at `word` names, if it is kept. @throws `ERR_REGION_CORRUPT` */
  find(unit: number, word: number): object | undefined {
    const known = this.#known?.get(unit);
    if (known !== undefined && known.word !== word && !known.sharable) throw subtreesShared();
    return known?.view;
  }

  /** Keeps the view of the container at `unit`. */
  keep(unit: number, known: Known): void {
    this.#known?.set(unit, known);
  }

  /** Notes that the leaf at unit `leaf` is part of the large container at `owner`: of no other, from when nothing is forgotten. @throws `ERR_REGION_CORRUPT` */
  claim(leaf: number, owner: number): void {
    if (this.#known === undefined) return;
    const known = this.#owners.get(leaf);
    if (known === undefined) this.#owners.set(leaf, owner);
    else if (known !== owner) throw subtreesShared();
  }

  #pass(slots: number): void {
    if (this.#passing === 0) queueMicrotask(() => this.#endTurn());
    this.#passing += slots;
  }

  #endTurn(): void {
    this.#passing = 0;
  }
}
