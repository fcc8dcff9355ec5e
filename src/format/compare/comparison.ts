/**
 * What one comparison of two versions may look at, in sum: a million hostile slots can name one subtree, and comparing part after part
 * would then cost more than either version is. The values that it makes of the newer version share one bound too.
 */
import { Tag, tagOf, UNIT_BYTES } from '../layout.js';
import { isSharable, LookingBudget, MakingBudget } from '../read/budget.js';
import { type Children, childrenOf } from '../read/children.js';
import { SHARED_MAX_LENGTH } from '../read/long-strings.js';
import { Materialization } from '../read/materialize.js';
import type { Reader } from '../read/reader.js';
import { sameSlot } from './same.js';
import { StringComparison } from './strings.js';
import type { ValueRef } from './value-ref.js';

/** A container may be looked at by its index, as a list, and once more where its keys have another order. */
const LOOKS = 3;

export class Comparison {
  readonly #to: Reader;
  readonly #from: MakingBudget;
  readonly #making: MakingBudget;
  readonly #strings: StringComparison;
  readonly #budget: LookingBudget;
  #materialization: Materialization | undefined;

  constructor(from: ValueRef, to: ValueRef) {
    this.#to = to.reader;
    this.#from = new MakingBudget(from.reader);
    this.#making = new MakingBudget(to.reader);
    const segments = [from.reader.segment, to.reader.segment];
    this.#strings = new StringComparison(...segments);
    this.#budget = new LookingBudget(segments.reduce((sum, { limit }) => sum + limit, 0) / UNIT_BYTES, LOOKS);
  }

  /** Counts a look at `slots` slots. @throws `ERR_REGION_CORRUPT` when they are more than there can be */
  spend(slots: number, sharable = false): void {
    this.#budget.spend(slots, sharable);
  }

  /** Returns the children of the container that `ref` of either version names in JSON's order, as `childrenOf` does, and spends their slots. O(n). */
  childrenOf({ reader, lo, hi }: ValueRef): Children {
    const children = childrenOf(reader, lo, hi, this.#makingOf(reader).strings);
    const { words } = children;
    const small = tagOf(hi) === Tag.OBJECT || tagOf(hi) === Tag.ARRAY;
    this.spend(words.length, small && (words.length === 0 || isSharable(reader.segment.i32, words[0], words.length)));
    return children;
  }

  /** Whether two slots are known to hold the same value, as `sameSlot` says it. */
  same(a: ValueRef, b: ValueRef): boolean {
    return sameSlot(a.reader, a.lo, a.hi, b.reader, b.lo, b.hi, this.#strings);
  }

  /** Whether long keys are to be told apart by ids: they have been compared again and again. */
  get usesIds(): boolean {
    return !this.#strings.spend(0);
  }

  /** Returns the key of the slot at `word` of either version, and what tells it from others. */
  keyAt(reader: Reader, word: number, byId: boolean): [key: string, id: string] {
    const { i32 } = reader.segment;
    const [lo, hi] = [i32[word], i32[word + 1]];
    const key = this.#makingOf(reader).strings.read(lo, hi);
    if (key.length <= SHARED_MAX_LENGTH) return [key, key];
    this.#strings.spend(key.length);
    return [key, byId ? this.#strings.idsOf(reader.segment).of(lo, hi) : key];
  }

  /**
   * Returns what tells the keys of two objects apart: themselves, or ids where long ones have been compared again and again. O(n).
   */
  keyIds(
    a: ValueRef,
    aChildren: Children,
    b: ValueRef,
    bChildren: Children,
  ): [a: readonly string[], b: readonly string[]] {
    const [aKeys, bKeys] = [aChildren.keys ?? [], bChildren.keys ?? []];
    if (this.#strings.spend(longCharacters(aKeys) + longCharacters(bKeys))) return [aKeys, bKeys];
    return [this.#idsOf(a, aChildren), this.#idsOf(b, bChildren)];
  }

  /** Returns the value of a slot of the newer version: plain data, frozen in depth. O(size). @throws `ERR_REGION_CORRUPT` */
  materialize({ lo, hi }: ValueRef): unknown {
    this.#materialization ??= new Materialization(this.#to, this.#making);
    return this.#materialization.slot(lo, hi);
  }

  #idsOf({ reader }: ValueRef, { keys = [], keyWords }: Children): string[] {
    const ids = this.#strings.idsOf(reader.segment);
    const { i32 } = reader.segment;
    return keys.map((key, i) =>
      key.length > SHARED_MAX_LENGTH ? ids.of(i32[keyWords[i]], i32[keyWords[i] + 1]) : key,
    );
  }

  #makingOf(reader: Reader): MakingBudget {
    return reader === this.#to ? this.#making : this.#from;
  }
}

function longCharacters(keys: readonly string[]): number {
  let sum = 0;
  for (const { length } of keys) if (length > SHARED_MAX_LENGTH) sum += length;
  return sum;
}
