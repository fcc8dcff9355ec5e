/** What may have happened to the nodes of a segment: by chance, or by somebody who knows the format. */
import { hiOf, Tag } from '../../src/format/layout.js';
import type { Random } from './random.js';

/** Damages the first `units` units of a segment in one to six ways. */
export function damageNodes(random: Random, i32: Int32Array, units: number): void {
  for (let left = 1 + random.below(6); left > 0; left--) random.of(damages)(random, i32, units);
}

/** An offset as a slot has it, most of them near an end of what it may lead to. */
export function anyOffset(random: Random, units: number): number {
  return random.of(offsets)(random, units);
}

/** The high word of a slot. */
export function anySlotHigh(random: Random): number {
  return random.of(slotHighs)(random);
}

const offsets: readonly ((random: Random, units: number) => number)[] = [
  (random, units) => random.below(units),
  (random, units) => random.below(units * 8),
  (random, units) => units - random.below(4),
  (random, units) => units * 8 - random.below(70),
  (random) => random.of([0, 1, 7, 8, -1, 0x7fffffff, -0x80000000, 0x1fffffff, 0x20000000, 0x40000000]),
  (random) => random.below(2 ** 32) | 0,
];

const slotHighs: readonly ((random: Random) => number)[] = [
  (random) => hiOf(random.below(16), random.of([0, 0, 0, 1, 7, 64, 0xffff, random.below(0x10000)])),
  (random) => hiOf(random.of([Tag.OBJECT, Tag.ARRAY, Tag.LARGE_OBJECT, Tag.LARGE_ARRAY])),
  (random) => random.below(2 ** 32) | 0,
  () => 0x7ff00000,
];

/** A word of the nodes and strings, or now and then of the header. */
function anyWord(random: Random, units: number): number {
  return random.once(20) ? random.below(16) : 16 + random.below(units * 2 - 16);
}

type Damage = (random: Random, i32: Int32Array, units: number) => void;

const damages: readonly Damage[] = [
  (random, i32, units) => {
    i32[anyWord(random, units)] ^= 1 << random.below(32);
  },
  (random, i32, units) => {
    i32[anyWord(random, units)] = anyOffset(random, units);
  },
  (random, i32, units) => {
    i32[anyWord(random, units)] += random.of([-1, 1, -8, 8, 64, -64]);
  },
  // Another node, slot or pair in this place: what makes cycles and shared subtrees.
  (random, i32, units) => {
    const length = 2 * (1 + random.below(6));
    const from = anyWord(random, units) & ~1;
    i32.copyWithin(Math.min(anyWord(random, units) & ~1, units * 2 - length), from, Math.min(from + length, units * 2));
  },
  // A larger piece of the segment in another place of it.
  (random, i32, units) => {
    const length = random.below(units);
    i32.copyWithin(
      anyWord(random, units),
      anyWord(random, units),
      Math.min(anyWord(random, units) + length, units * 2),
    );
  },
  (random, i32, units) => {
    const word = anyWord(random, units) & ~1;
    i32[word] = anyOffset(random, units);
    i32[word + 1] = anySlotHigh(random);
  },
  // The count of a header, or its kind.
  (random, i32, units) => {
    const word = anyWord(random, units) | 1;
    i32[word] = (i32[word] & 0xfffff) | (random.of([0, 1, 2, 63, 64, 65, 4095, random.below(4096)]) << 20);
  },
  (random, i32, units) => {
    const word = anyWord(random, units) | 1;
    i32[word] = (i32[word] & 0xfff0ffff) | (random.below(16) << 16);
  },
  (random, i32, units) => {
    const word = anyWord(random, units);
    i32.fill(random.of([0, -1, 0xfff50000 | 0]), word, Math.min(word + random.below(40), units * 2));
  },
];
