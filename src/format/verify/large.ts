/** Whether the indexes of large containers are whole, and how readers will find everything that is in them. */

import { corrupt } from '../corrupt.js';
import {
  ARRAY_NODE_MAX,
  ARRAY_SLOTS,
  arrayBytes,
  BRANCH_BITS,
  BRANCH_CHILDREN,
  BRANCH_LEVELS,
  BUCKET_HASHES,
  BUCKET_MAX,
  branchBytes,
  bucketBytes,
  countOf,
  indexBytes,
  Kind,
  kindOf,
} from '../layout.js';
import { childUnit, endOf, LEVELS_MAX, lengthOfIndex } from '../read/array-index.js';
import { bucketKey, bucketOrdinal, checkTrieNode } from '../read/hash-trie.js';
import type { ObjectRoot, Reader } from '../read/reader.js';
import type { KeyTexts } from './keys.js';
import type { Problems } from './problems.js';
import type { SlotVerifier } from './slots.js';

/** What verifying a large container needs from the whole. */
export interface Surroundings {
  readonly reader: Reader;
  readonly problems: Problems;
  readonly slots: SlotVerifier;
  readonly keyTexts: KeyTexts;
  /** Notes a node; false if it was met before, which no index may be. */
  claim(unit: number, sizeBytes: number): boolean;
  /** Checks the slot of a value, at `word` of the node at `owner`. */
  value(word: number, owner: number): void;
}

/** Checks the array whose index begins at `unit`; its node is claimed already. O(n). */
export function verifyLargeArray(around: Surroundings, unit: number, before: number): void {
  new IndexVerifier(around).index(unit, before, 0);
}

class IndexVerifier {
  readonly #around: Surroundings;
  #leafLevel = -1;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Checks the inner node at `unit` and what is below; returns its number of elements. */
  index(unit: number, before: number, level: number): number {
    const { reader, problems } = this.#around;
    const count = reader.childCountOf(unit, before);
    lengthOfIndex(reader, unit, before);
    if (level >= LEVELS_MAX) throw corrupt('the index of a large array is too deep');
    problems.expect(count <= ARRAY_NODE_MAX && (level > 0 || count > 1), unit, `an array index has ${count} children`);
    let end = 0;
    for (let i = 0; i < count; i++) {
      end += this.#child(childUnit(reader, unit, i), unit, level + 1);
      problems.expect(endOf(reader, unit, i) === end, unit, 'an array index has another length than its children');
    }
    return end;
  }

  #child(unit: number, parent: number, level: number): number {
    const { reader, problems, claim } = this.#around;
    if (unit < 0 || unit >= parent) throw corrupt('the index of a large array leads outside of it');
    const { i32 } = reader.segment;
    const isLeaf = kindOf(i32[unit * 2 + 1]) === Kind.ARRAY;
    const count = isLeaf ? reader.elementsOf(unit, parent) : reader.childCountOf(unit, parent);
    if (!claim(unit, isLeaf ? arrayBytes(count) : indexBytes(count)))
      throw corrupt('a part of an array index is shared');
    if (!isLeaf) return this.index(unit, parent, level);
    if (this.#leafLevel < 0) this.#leafLevel = level;
    problems.expect(level === this.#leafLevel, unit, 'the leaves of a large array lie at different depths');
    problems.expect(count > 0 && count <= ARRAY_NODE_MAX, unit, `a leaf of a large array has ${count} elements`);
    for (let i = 0; i < count; i++) this.#around.value(unit * 2 + ARRAY_SLOTS + i * 2, unit);
    return count;
  }
}

/** Checks the object whose `root` lies at `unit`; its node is claimed already. O(n). */
export function verifyLargeObject(
  around: Surroundings,
  unit: number,
  { entries, nextOrdinal, trie: top }: ObjectRoot,
): void {
  const { reader, problems } = around;
  const { i32 } = reader.segment;
  problems.expect(
    countOf(i32[unit * 2 + 1]) === 0 && i32[unit * 2 + 5] === 0,
    unit,
    'the root of a large object has bits set that mean nothing',
  );
  const trie = new TrieVerifier(around, nextOrdinal);
  trie.node(top, unit, 0, 0);
  trie.verifyOrdinals(unit);
  problems.expect(
    trie.entries === entries,
    unit,
    `a large object has ${trie.entries} entries, its root says ${entries}`,
  );
}

class TrieVerifier {
  readonly #around: Surroundings;
  readonly #nextOrdinal: number;
  /** Of the entries that were met: the root may say that there are more, and so may the next root. */
  readonly #ordinals: number[] = [];
  entries = 0;

  constructor(around: Surroundings, nextOrdinal: number) {
    this.#around = around;
    this.#nextOrdinal = nextOrdinal;
  }

  /** Checks the ordinals that were met, of the object at `unit`. O(n log n). */
  verifyOrdinals(unit: number): void {
    const { problems } = this.#around;
    const sorted = Float64Array.from(this.#ordinals).sort();
    for (let i = 0; i < sorted.length; i++) {
      const isGood = sorted[i] < this.#nextOrdinal && sorted[i] !== sorted[i - 1];
      problems.expect(isGood, unit, `the ordinal ${sorted[i]} is beyond the next one or appears twice`);
    }
  }

  /** Checks the branch or bucket at `unit`, below which every hash ends with the bits of `path`. */
  node(unit: number, before: number, level: number, path: number): void {
    const { reader, problems, claim } = this.#around;
    const { i32 } = reader.segment;
    const kind = checkTrieNode(reader.segment, unit, before, level);
    const word = unit * 2;
    const count = countOf(i32[word + 1]);
    problems.expect(count > 0, unit, 'a node of a large object is empty');
    if (!claim(unit, kind === Kind.BUCKET ? bucketBytes(count) : branchBytes(count))) {
      throw corrupt('a part of a large object is shared');
    }
    if (kind === Kind.BUCKET) this.#bucket(unit, count, level, path);
    else this.#branch(unit, count, level, path);
  }

  #branch(unit: number, count: number, level: number, path: number): void {
    const { reader, problems } = this.#around;
    const { i32 } = reader.segment;
    const children = unit * 2 + BRANCH_CHILDREN;
    problems.expect(count % 2 === 1 || i32[children + count] === 0, unit, 'the padding of a branch is not zero');
    const bitmap = i32[unit * 2 + 2];
    for (let way = 0, place = 0; way < 32; way++) {
      if ((bitmap & (1 << way)) === 0) continue;
      problems.expect(level < BRANCH_LEVELS - 1 || way < 4, unit, 'a branch leads where no hash can');
      this.node(i32[children + place++], unit, level + 1, path | (way << (level * BRANCH_BITS)));
    }
  }

  #bucket(unit: number, count: number, level: number, path: number): void {
    const { reader, problems, value } = this.#around;
    const { i32 } = reader.segment;
    const word = unit * 2;
    problems.expect(count <= BUCKET_MAX || this.#isOneHash(word, count), unit, `a bucket has ${count} entries`);
    const pathBits = level * BRANCH_BITS;
    const mask = pathBits >= 32 ? -1 : 2 ** pathBits - 1;
    const keys = new Set<string>();
    for (let i = 0; i < count; i++) {
      const hash = i32[word + BUCKET_HASHES + i];
      problems.expect((hash & mask) === path, unit, 'a bucket has a key of another hash');
      this.#key(bucketKey(word, count, i), unit, hash, keys);
      this.#ordinals.push(i32[bucketOrdinal(word, count, i)] >>> 0);
      value(bucketKey(word, count, i) + count * 2, unit);
    }
    this.entries += count;
  }

  /** Keys that no hash bit tells apart cannot be parted. */
  #isOneHash(word: number, count: number): boolean {
    const hashes = this.#around.reader.segment.i32.subarray(word + BUCKET_HASHES, word + BUCKET_HASHES + count);
    return hashes.every((hash) => hash === hashes[0]);
  }

  #key(word: number, unit: number, hash: number, keys: Set<string>): void {
    const { reader, problems, slots, keyTexts } = this.#around;
    const { i32 } = reader.segment;
    if (!slots.string(i32[word], i32[word + 1], unit)) return;
    const key = keyTexts.read(i32[word], i32[word + 1]);
    problems.expect(key.hash === hash, unit, 'a hash is not the hash of its key');
    problems.expect(!keys.has(key.text), unit, `the key ${JSON.stringify(key.text.slice(0, 100))} appears twice`);
    keys.add(key.text);
  }
}
