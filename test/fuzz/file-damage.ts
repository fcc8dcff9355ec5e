/** What may have happened to the files of a region: by chance, by a disk, or by somebody who knows the format and its checksums. */

import { checksum } from '../../src/region/files/checksum.js';
import {
  BOOT_WORD,
  CHECKED_WORDS,
  COMMIT_SLOT_OFFSET,
  COMMIT_SLOT_STRIDE,
  COMMIT_SLOTS,
  EPOCH_WORD,
  FLAG_DURABLE,
  FLAGS_WORD,
  HISTORY_WORD,
  LOCK_KIND_WORD,
  NAMESPACE_WORD,
  PID_WORD,
  RECORD_BYTES,
  RING_OFFSET,
  START_WORD,
  VERSION_OFFSET,
} from '../../src/region/files/layout.js';
import { bootMark } from '../../src/system/boot.js';
import { mmapSystem } from '../../src/system/system.js';
import { anyOffset, anySlotHigh, damageNodes } from './damage.js';
import { copyOf, type Image } from './images.js';
import type { Random } from './random.js';

/** Returns a damaged copy of one of the `images`. `sizes`: whether files may also become shorter or vanish. */
export function damagedImage(random: Random, images: readonly Image[], sizes: boolean): Image {
  let image = copyOf(random.of(images));
  for (let left = 1 + random.below(3); left > 0; left--) {
    if (sizes && random.once(5)) image = random.of(sizeDamages)(random, image, images);
    else random.of(byteDamages)(random, image, images);
  }
  return image;
}

/** Makes `version` the newest: its record is that of `like`, changed by `change`, with a checksum that is right. */
export function forgeCommit(
  { control }: Image,
  version: number,
  like: number,
  change?: (words: Int32Array) => void,
): void {
  forgeRecord(control, RING_OFFSET + slotOf(control, version) * RECORD_BYTES, version, like, change);
  control.writeDoubleLE(version, VERSION_OFFSET);
}

/** Makes the region a durable one that was on a disk when the machine went down, with `version` in a commit slot. */
function forgeCommitSlot(
  random: Random,
  { control }: Image,
  version: number,
  change?: (words: Int32Array) => void,
): void {
  const at = COMMIT_SLOT_OFFSET + (version % COMMIT_SLOTS) * COMMIT_SLOT_STRIDE;
  forgeRecord(control, at, version, 1 + random.below(NEWEST), change);
  control[FLAGS_WORD * 4] |= FLAG_DURABLE;
  control.writeDoubleLE(random.of([0, 1, bootMark(), anyDouble(random)]), BOOT_WORD * 4);
}

function forgeRecord(
  control: Buffer,
  at: number,
  version: number,
  like: number,
  change?: (words: Int32Array) => void,
): void {
  const from = RING_OFFSET + slotOf(control, like) * RECORD_BYTES;
  control.copy(control, at, from, from + RECORD_BYTES);
  control.writeDoubleLE(version, at);
  change?.(wordsOf(control, at));
  seal(control, at, seedOf(control));
}

const NEWEST = 5;
const KNOWN_SLOTS = NEWEST + 1;

type ByteDamage = (random: Random, image: Image, images: readonly Image[]) => void;
type SizeDamage = (random: Random, image: Image, images: readonly Image[]) => Image;

const byteDamages: readonly ByteDamage[] = [
  // Nodes.
  (random, image) => onNodes(random, image, (i32, units) => damageNodes(random, i32, units)),
  (random, image) => onNodes(random, image, (i32, units) => damageNodes(random, i32, units)),
  // A bit of the control file: header, version word, state, ring.
  (random, { control }) => {
    const at = random.of([
      () => random.below(192),
      () => 512 + random.below(576),
      () => RING_OFFSET + random.below(KNOWN_SLOTS * RECORD_BYTES),
    ])();
    control[at] ^= 1 << random.below(8);
  },
  // A header whose checksum is right.
  (random, image) => {
    const file = random.of([image.control, ...image.segments]) ?? image.control;
    wordsOf(file, 0)[random.below(CHECKED_WORDS)] = anyWord(random);
    seal(file, 0, 0);
  },
  (random, image) => {
    const file = random.of(image.segments) ?? image.control;
    file.writeDoubleLE(anyDouble(random), 40);
    seal(file, 0, 0);
  },
  (random, { control }) => {
    control.writeDoubleLE(anyDouble(random), VERSION_OFFSET);
  },
  (random, { control }) => {
    const words = [
      FLAGS_WORD,
      EPOCH_WORD,
      PID_WORD,
      LOCK_KIND_WORD,
      START_WORD,
      START_WORD + 1,
      HISTORY_WORD,
      NAMESPACE_WORD,
    ];
    wordsOf(control, 0, words.length + HISTORY_WORD)[random.of(words)] = anyWord(random);
  },
  // Commits.
  (random, image) => {
    const words = 16 * random.below(KNOWN_SLOTS) + random.below(CHECKED_WORDS);
    image.control.writeInt32LE(anyWord(random), RING_OFFSET + words * 4);
  },
  (random, image) =>
    forgeCommit(image, random.of([NEWEST, NEWEST, NEWEST + 1, NEWEST - 1]), 1 + random.below(NEWEST), (words) => {
      words[random.below(CHECKED_WORDS)] = anyWord(random);
    }),
  (random, image) =>
    forgeCommit(image, NEWEST, NEWEST, (words) => {
      words[2] = anyOffset(random, 1000);
      words[3] = anySlotHigh(random);
    }),
  (random, image) =>
    forgeCommit(image, NEWEST, NEWEST, (words) => {
      words[4] = random.of([0, 1, 2, 3, -1]);
      new Float64Array(words.buffer, words.byteOffset, 8)[3] = anyDouble(random);
    }),
  (random, image) => forgeCommitSlot(random, image, random.of([NEWEST, NEWEST - 1, NEWEST + 1, NEWEST + 2, 1000])),
  (random, image) =>
    forgeCommitSlot(random, image, random.of([NEWEST, NEWEST + 1]), (words) => {
      words[random.below(CHECKED_WORDS)] = anyWord(random);
    }),
  (random, image) => forgeCommit(image, random.of([6, 7, 300, 2 ** 31, 2 ** 53 - 1]), 1 + random.below(NEWEST)),
];

const sizeDamages: readonly SizeDamage[] = [
  (random, image) => ({
    ...image,
    sizes: { ...image.sizes, control: random.of(lengths)(random, image.control.length) },
  }),
  (random, image) => {
    const segments = image.segments.map((bytes) => random.of(lengths)(random, random.of([bytes?.length ?? 0, 65536])));
    return { ...image, sizes: { ...image.sizes, segments } };
  },
  (random, { segments: [first, second], ...rest }) => ({
    ...rest,
    segments: random.of([
      [undefined, second],
      [first, undefined],
      [second, first],
    ] as const),
  }),
  // A file of another region.
  (random, image, images) => ({
    ...image,
    segments: random.of(images).segments.map((bytes) => bytes && Buffer.from(bytes)) as never,
  }),
  (random, image, images) => ({ ...image, control: Buffer.from(random.of(images).control) }),
  // Nodes of another region behind a header of this one.
  (random, image, images) => {
    const segments = image.segments.map((ours) => {
      const theirs = random.of(images).segments[random.below(2)];
      return ours && theirs && Buffer.concat([ours.subarray(0, 64), theirs.subarray(64)]);
    });
    return { ...image, segments: segments as never };
  },
];

/** Longer than a segment may be; over system calls a master keeps a copy of the whole file, and that many bytes of memory are not to be had. */
const HUGE = mmapSystem().kind === 'native' ? 2 ** 32 + 8 : 2 ** 24;

const lengths: readonly ((random: Random, length: number) => number)[] = [
  (random, length) => random.below(length + 1),
  (random, length) => Math.max(0, length - 8 * random.below(20)),
  (random) => random.of([0, 1, 63, 64, 4095, 4096, 65535, 65536, 2 ** 20, HUGE]),
];

function onNodes(random: Random, { segments }: Image, damage: (i32: Int32Array, units: number) => void): void {
  const bytes = random.of(segments);
  if (bytes === undefined || bytes.length < 128) return;
  const copy = new Int32Array(bytes.length >> 2);
  Buffer.from(copy.buffer).set(bytes.subarray(0, copy.length * 4));
  damage(copy, bytes.length >> 3);
  bytes.set(Buffer.from(copy.buffer));
}

function anyWord(random: Random): number {
  const known = [0, 1, 2, 3, 4, -1, 64, 65535, 65536, 0x7fffffff, -0x80000000, process.pid];
  return random.of([() => random.of(known), () => random.below(2 ** 32) | 0, () => random.below(300)])();
}

function anyDouble(random: Random): number {
  return random.of([
    () => random.of([0, -0, -1, 0.5, 1, 4, 5, 6, 7, 300, 2 ** 31, 2 ** 32 - 65536, 2 ** 32, 2 ** 53 - 1, 2 ** 53]),
    () => random.of([Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]),
    () => 8 * random.below(9000),
    () => 65536 + 8 * random.below(3),
  ])();
}

/** The words of a file, in place: the buffers of images begin at multiples of 8 of their memory. */
function wordsOf(file: Buffer, at: number, count = 16): Int32Array {
  return new Int32Array(file.buffer, file.byteOffset + at, count);
}

function seal(file: Buffer, at: number, seed: number): void {
  const words = wordsOf(file, at);
  words[CHECKED_WORDS] = checksum(words, CHECKED_WORDS, seed);
}

function seedOf(control: Buffer): number {
  const words = wordsOf(control, 0);
  return words[4] ^ words[5];
}

function slotOf(control: Buffer, version: number): number {
  return version % Math.max(1, Math.min(256, control.readUInt32LE(24)));
}
