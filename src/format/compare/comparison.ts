/**
 * What one comparison of two versions may look at, in sum: hostile bytes can name a subtree in a million places, and comparing part after part
 * would then cost more than either version is. The values that it makes of the newer version share one bound too.
 */
import { corrupt } from '../corrupt.js';
import { SHARED_LEAF_MAX, UNIT_BYTES } from '../layout.js';
import { type Children, childrenOf } from '../read/children.js';
import { LongStrings } from '../read/long-strings.js';
import { Materialization } from '../read/materialize.js';
import type { Reader } from '../read/reader.js';
import type { Place } from './place.js';

/** A container may be looked at by its index, as a list, and once more where its keys have another order. */
const LOOKS = 3;

export class Comparison {
  readonly #from: Reader;
  readonly #to: Reader;
  readonly #fromStrings: LongStrings;
  readonly #toStrings: LongStrings;
  #materialization: Materialization | undefined;
  #slotsLeft: number;

  constructor(from: Place, to: Place) {
    this.#from = from.reader;
    this.#to = to.reader;
    this.#fromStrings = new LongStrings(this.#from.segment);
    this.#toStrings = new LongStrings(this.#to.segment);
    const units = (this.#from.segment.limit + this.#to.segment.limit) / UNIT_BYTES;
    this.#slotsLeft = units * (SHARED_LEAF_MAX + 1) * LOOKS;
  }

  /** Notes that as many slots are being compared. @throws `ERR_REGION_CORRUPT` when they are more than there can be */
  spend(slots: number): void {
    this.#slotsLeft -= slots + 1;
    if (this.#slotsLeft < 0) throw corrupt('subtrees are shared');
  }

  /** Returns the children of the container at a place of either version in JSON's order, as `childrenOf` does, and spends their slots. O(n). */
  childrenOf({ reader, lo, hi }: Place): Children {
    const children = childrenOf(reader, lo, hi, this.stringsOf(reader));
    this.spend(children.words.length);
    return children;
  }

  /** What reads the strings of a version. */
  stringsOf(reader: Reader): LongStrings {
    return reader === this.#to ? this.#toStrings : this.#fromStrings;
  }

  /** Returns the value at a place of the newer version: plain data, frozen in depth. O(size). @throws `ERR_REGION_CORRUPT` */
  materialize({ lo, hi }: Place): unknown {
    this.#materialization ??= new Materialization(this.#to);
    return this.#materialization.slot(lo, hi);
  }
}
