/**
 * Trees that somebody forged to cost more than their bytes: nodes, strings, tries and indexes that are named from everywhere, on every level. Damage by
 * chance hardly ever makes them. The work that a read does is counted, and more than the bytes justify is a finding.
 */
import { diff, equalRefs } from '../../src/format/compare/diff.js';
import { refresh } from '../../src/format/compare/refresh.js';
import { headerOf, isContainer } from '../../src/format/layout.js';
import { materialize } from '../../src/format/read/materialize.js';
import { Reader } from '../../src/format/read/reader.js';
import { viewOf } from '../../src/format/read/view.js';
import { verify } from '../../src/format/verify/verify.js';
import { Copier } from '../../src/format/write/copy.js';
import { bytesOf } from '../../src/format/write/measure.js';
import { Writer } from '../../src/format/write/writer.js';
import { counted, Work } from '../unit/format/counted.js';
import {
  arrayAt,
  Forge,
  inline,
  integer,
  largeArrayAt,
  largeObjectAt,
  latin1,
  objectAt,
  type Slot,
} from '../unit/format/forge.js';
import { MemorySegment } from '../unit/memory-segment.js';
import type { Random } from './random.js';
import { attempt, weighed } from './reads.js';

/** Loads for each unit: shared leaves are compared wherever they stand, 17 slots to a unit, in two versions, twice, with a few loads for each. */
const LOADS_PER_UNIT = 1500;
const LOADS_ALWAYS = 100_000;
/** Elements of a leaf of wide objects, which have two. */
const WIDE_LEAF = 40;

/** Forges two versions of a tree and reads them in every way. @throws where that takes more than the bytes justify, or gives what JSON lacks */
export function tryForged(random: Random): void {
  const forge = new Forge(1 << 16);
  const { from, to } = new Versions(random, forge).make();
  const text = (value: unknown): string => String(JSON.stringify(value)?.length);
  const bounded = (read: (reader: Reader) => unknown): void => {
    const work = new Work(LOADS_ALWAYS + (forge.segment.limit / 8) * LOADS_PER_UNIT);
    attempt(() => String(read(new Reader(counted(forge.segment, work)))));
  };
  const ref = (reader: Reader, [lo, hi]: Slot) => ({ reader, lo, hi });
  bounded((reader) => materialize(reader, ...to));
  bounded((reader) => text(viewOf(reader, ...to)));
  bounded((reader) => diff(ref(reader, from), ref(reader, to)).length);
  bounded((reader) => equalRefs(ref(reader, from), ref(reader, to)));
  bounded((reader) => refresh(ref(reader, from), materialize(reader, ...from), ref(reader, to)));
  bounded((reader) => bytesOf(reader, ...to));
  bounded((reader) => weighed(reader, ...to));
  bounded((reader) => new Copier(reader, new Writer(new MemorySegment({ number: 2 }))).copy(...to));
  bounded(({ segment }) => verify(segment, ...to).problems.length);
}

/** Grows a graph from the leaves up: most of what is made is named again and again. */
class Versions {
  readonly #random: Random;
  readonly #forge: Forge;
  readonly #strings: Slot[];
  readonly #shapes: number[] = [];
  readonly #values: Slot[];
  #keyLeaves: number[] = [];
  readonly #wideValues: number[] = [];

  constructor(random: Random, forge: Forge) {
    this.#random = random;
    this.#forge = forge;
    const long = random.of([100, 1000, 20_000]);
    const starts = this.#times(1 + random.below(4), () => forge.bytes(long, 97 + random.below(2)));
    this.#strings = starts.flatMap((start) => [
      latin1(start, long),
      latin1(start + random.below(8), long - 8),
      inline('a'),
    ]);
    this.#values = [integer(1), integer(2), ...this.#strings];
  }

  make(): { from: Slot; to: Slot } {
    for (let left = 3 + this.#random.below(60); left > 0; left--) this.#values.push(this.#random.of(this.#makers)());
    const last = this.#values.slice(-8);
    const wide = (): Slot => arrayAt(this.#forge.array(this.#times(this.#width(), () => this.#random.of(last))));
    return { from: wide(), to: wide() };
  }

  readonly #makers: readonly (() => Slot)[] = [
    () => arrayAt(this.#node(this.#forge.array(this.#some()))),
    () =>
      arrayAt(this.#node(this.#forge.array(this.#times(this.#width(), () => this.#values[this.#values.length - 1])))),
    () => {
      const keys = this.#times(
        1 + this.#random.below(6),
        (i) => this.#strings[(i * 3 + this.#random.below(3)) % this.#strings.length],
      );
      this.#shapes.push(this.#forge.shape(keys));
      return this.#object();
    },
    () => this.#object(),
    () => this.#largeArray(),
    () => this.#largeObject(),
    () => this.#wideObject(),
  ];

  #object(): Slot {
    if (this.#shapes.length === 0) return integer(3);
    const shape = this.#random.of(this.#shapes);
    const count = this.#forge.segment.i32[shape * 2 + 1] >>> 20;
    return objectAt(
      this.#node(
        this.#forge.object(
          shape,
          this.#times(count, () => this.#random.of(this.#values)),
        ),
      ),
    );
  }

  #largeArray(): Slot {
    const width = 1 + this.#random.below(16);
    const leaf = this.#forge.array(this.#times(width, () => this.#random.of(this.#values)));
    let [unit, size] = [leaf, width];
    for (let level = this.#random.below(4); level >= 0; level--) {
      const count = 1 + this.#random.below(8);
      const [child, each] = [unit, size];
      unit = this.#forge.index(this.#times(count, (i) => [child, (i + 1) * each] as const));
      size = count * each;
    }
    if (this.#random.once(2)) this.#forge.bytes(size * 8);
    return largeArrayAt(unit);
  }

  #largeObject(): Slot {
    const count = this.#random.of([32, 40, 100]);
    const forge = this.#forge;
    const ahead = this.#random.of([1, 5, 30]);
    const entries = this.#times(count, (i) => ({
      hash: this.#random.once(8) ? i : i | 0x1f,
      ordinal: i * ahead,
      key: this.#random.once(3) ? this.#random.of(this.#strings) : latin1(forge.bytes(8, 97 + (i % 20)), 7),
      value: this.#random.of(this.#values),
    }));
    let trie = this.#node(forge.bucket(entries));
    for (let level = this.#random.below(7); level > 0; level--) {
      const bits = this.#random.of([1, 3, -1]);
      const [child] = [trie];
      trie = forge.branch(
        bits,
        this.#times(bits === -1 ? 32 : bits === 3 ? 2 : 1, () => child),
      );
    }
    return largeObjectAt(forge.root(trie, count, Math.min(count * ahead + 1, count * 4 + 1024)));
  }

  /** Lists of keys over the same few leaves, and values that others may have, too. */
  #wideObject(): Slot {
    const forge = this.#forge;
    const leafOf = (slot: (i: number) => Slot): number => forge.array(this.#times(WIDE_LEAF, slot));
    if (this.#keyLeaves.length === 0) {
      const key = (leaf: number, i: number): Slot => latin1(forge.bytes(8, 65 + leaf) + (i >> 6), 7 + (i & 63));
      forge.bytes(4000); // keys that overlap and differ in length
      this.#keyLeaves = [0, 1].map((leaf) => leafOf((i) => key(leaf, i)));
    }
    const over = (leaves: readonly number[]): number =>
      forge.index(leaves.map((unit, i) => [unit, (i + 1) * WIDE_LEAF] as const));
    const values = this.#random.once(2) ? this.#wideValues : [];
    const fresh = () => over([0, 1].map(() => leafOf(() => this.#random.of(this.#values))));
    const unit = values.length > 0 ? this.#random.of(values) : fresh();
    this.#wideValues.push(unit);
    return largeObjectAt(this.#node(forge.wide(over(this.#keyLeaves), unit)));
  }

  /** A node as it is, or with the node id of another one. */
  #node(unit: number): number {
    const { i32 } = this.#forge.segment;
    const known = this.#values.filter(([, hi]) => isContainer(hi));
    if (known.length === 0 || !this.#random.once(4)) return unit;
    const header = i32[unit * 2 + 1];
    i32[unit * 2] = i32[this.#random.of(known)[0] * 2];
    i32[unit * 2 + 1] = headerOf((header >>> 16) & 15, header >>> 20, 0);
    return unit;
  }

  #some(): Slot[] {
    return this.#times(this.#random.of([1, 2, 3, 16, 17, 64]), () => this.#random.of(this.#values));
  }

  #width(): number {
    return this.#random.of([2, 16, 64, 300, 1000]);
  }

  #times<T>(count: number, item: (i: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => item(i));
  }
}
