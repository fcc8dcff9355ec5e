import type { JsonPatchOperation } from './json-patch.js';
import type { Place } from './place.js';

/** What a patch may cost whatever the documents are, in characters. */
const ALWAYS = 1 << 20;
/** What it may cost for each byte of the two versions. */
const PER_BYTE = 4;
/** What an operation costs besides its pointer. */
const STEP_COST = 16;

interface Step {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  /** Where its value stands. */
  readonly place: Place | undefined;
}

/** How far a patch had come. */
export interface Mark {
  readonly count: number;
  readonly cost: number;
}

/**
 * The operations of a patch while it is being made. Each names its whole path, so a patch can be many times as large as both documents: 200,000 changes
 * below a path of a hundred tokens, or below one key of a megabyte. A patch that costs more than a few times what both versions take would serve
 * nobody. So where the operations become too many, the innermost container whose replacement makes enough room is replaced as a whole instead. Values
 * are made at the end, so none is made in vain.
 */
export class PatchSteps {
  readonly #most: number;
  readonly #steps: Step[] = [];
  #cost = 0;

  /** @param sizeBytes Those of both versions. */
  constructor(sizeBytes: number) {
    this.#most = ALWAYS + sizeBytes * PER_BYTE;
  }

  get areTooMany(): boolean {
    return this.#cost > this.#most;
  }

  mark(): Mark {
    return { count: this.#steps.length, cost: this.#cost };
  }

  add(op: Step['op'], path: string, place?: Place): void {
    this.#steps.push({ op, path, place });
    this.#cost += path.length + STEP_COST;
  }

  /** Replaces what was added since `mark`, all of it in the container that `path` names, by one operation; not where that would leave too many. */
  collapse({ count, cost }: Mark, path: string, place: Place): void {
    if (count > 0 && cost + path.length + STEP_COST > this.#most / 2) return;
    this.#steps.length = count;
    this.#cost = cost;
    this.add('replace', path, place);
    if (count === 0) this.#cost = Math.min(this.#cost, this.#most); // one operation is never too many
  }

  /** Returns the operations. O(size of the values). */
  operations(valueAt: (place: Place) => unknown): JsonPatchOperation[] {
    return this.#steps.map(({ op, path, place }) =>
      op === 'remove' || place === undefined ? { op: 'remove', path } : { op, path, value: valueAt(place) },
    );
  }
}
