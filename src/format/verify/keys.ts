import { hashKey } from '../hash.js';
import { StringBound } from '../read/bound.js';
import { SHARED_MAX_LENGTH } from '../read/long-strings.js';
import { readString } from '../read/strings.js';
import type { Segment } from '../segment.js';

interface Key {
  readonly text: string;
  readonly hash: number;
}

/** Keys with their hashes. Long ones are read once, however many slots name them: hostile bytes could name one of a megabyte a million times. */
export class KeyTexts {
  readonly #segment: Segment;
  readonly #long = new Map<number, Key>();
  readonly #longBound: StringBound;

  constructor(segment: Segment) {
    this.#segment = segment;
    this.#longBound = new StringBound(segment);
  }

  read(lo: number, hi: number): Key {
    const slot = (hi & 0xfffff) * 2 ** 32 + (lo >>> 0);
    const known = this.#long.get(slot);
    if (known !== undefined) return known;
    const text = readString(this.#segment, lo, hi);
    const key = { text, hash: hashKey(text, this.#segment.hashSeed) };
    if (text.length > SHARED_MAX_LENGTH) this.#remember(slot, key);
    return key;
  }

  #remember(slot: number, key: Key): void {
    this.#longBound.spend(key.text.length);
    this.#long.set(slot, key);
  }
}
