/**
 * The bytes of a segment. `spec/FORMAT.md` tells the same with a worked example; this file is what the code uses.
 *
 *   segment   0 ─ 63   header (src/region/files/header.ts)
 *            64 ─ ...  nodes and string bytes, appended, never changed once committed; nodes start at multiples of 8
 *
 *   slot      one value in 8 bytes: a double as itself, or in the space of the negative NaNs (and -Infinity), which JSON lacks:
 *
 *             63       52 51  48 47          32 31                           0
 *            ┌───────────┬──────┬──────────────┬──────────────────────────────┐
 *            │ 1111…1111 │ tag  │ aux          │ payload                      │
 *            └───────────┴──────┴──────────────┴──────────────────────────────┘
 *             high word ("hi")                  low word ("lo")
 *
 *   node      a header of 8 bytes, then what its kind says:
 *
 *             63           52 51  48 47                                      0
 *            ┌───────────────┬──────┬─────────────────────────────────────────┐
 *            │ count         │ kind │ node id                                   │
 *            └───────────────┴──────┴─────────────────────────────────────────┘
 *
 * The node id names the content of a node for the life of the region: a node that compaction copies keeps it, every other write makes a
 * new one. Within a segment equal offsets, across segments equal node ids, mean equal subtrees.
 *
 * A node refers only to nodes and strings before it in its segment. Readers insist on that, so no bytes can make a cycle.
 */

/** Offsets of nodes count in units of 8 bytes. */
export const UNIT_BYTES = 8;
/** First unit behind the header of the segment. */
export const FIRST_UNIT = 8;

// ── Slots ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `hi >>> TAGGED_SHIFT === TAGGED` tells a tagged slot from a double. */
export const TAGGED_SHIFT = 20;
export const TAGGED = 0xfff;
/** The high word of a tagged slot with tag 0 and aux 0, as a signed 32-bit number. */
const TAGGED_BASE = 0xfff00000 | 0;

/** The tags of a slot. */
export const Tag = {
  /** payload 0 null, 1 false, 2 true */
  CONSTANT: 0,
  /** payload: a signed 32-bit integer; every such number is stored so */
  INTEGER: 1,
  /** aux: length 7…65535; payload: byte offset of as many Latin-1 bytes */
  LATIN1: 2,
  /** aux: length 1…65535 in code units; payload: even byte offset of as many UTF-16LE units */
  UTF16: 3,
  /** payload: unit offset of a LONG_STRING node */
  LONG_STRING: 4,
  /** payload: unit offset of an OBJECT node */
  OBJECT: 5,
  /** payload: unit offset of an OBJECT_ROOT or a WIDE_OBJECT node */
  LARGE_OBJECT: 6,
  /** payload: unit offset of an ARRAY node */
  ARRAY: 7,
  /** INLINE + n, n = 0…6: a string of n Latin-1 characters; characters 0…3 in the payload, 4 and 5 in aux */
  INLINE: 8,
  /** payload: unit offset of an ARRAY_INDEX node */
  LARGE_ARRAY: 15,
} as const;

export const INLINE_MAX_LENGTH = 6;
export const DIRECT_MAX_LENGTH = 65535;
/** The longest string: what V8 holds on 64-bit machines, in code units. Engines that hold longer ones do not write them. */
export const STRING_MAX_LENGTH = 2 ** 29 - 24;

export const NULL_LO = 0;
export const FALSE_LO = 1;
export const TRUE_LO = 2;

/** The tag of a tagged slot. */
export function tagOf(hi: number): number {
  return (hi >>> 16) & 15;
}

/** Whether a slot is tagged: anything but a double. */
export function isTagged(hi: number): boolean {
  return hi >>> TAGGED_SHIFT === TAGGED;
}

/** The high word of a slot. */
export function hiOf(tag: number, aux = 0): number {
  return TAGGED_BASE | (tag << 16) | aux;
}

// The upper 16 bits of a slot with a tag. The questions below compare these and call nothing: they are asked so often that in code which
// the engine has not compiled yet the calls would be most of their cost.
const TAGGED_TOP = TAGGED << 4;
const LATIN1_TOP = TAGGED_TOP | Tag.LATIN1;
const LONG_STRING_TOP = TAGGED_TOP | Tag.LONG_STRING;
const OBJECT_TOP = TAGGED_TOP | Tag.OBJECT;
const LARGE_OBJECT_TOP = TAGGED_TOP | Tag.LARGE_OBJECT;
const ARRAY_TOP = TAGGED_TOP | Tag.ARRAY;
const INLINE_TOP = TAGGED_TOP | Tag.INLINE;
const LARGE_ARRAY_TOP = TAGGED_TOP | Tag.LARGE_ARRAY;

/** Whether a slot holds an object, small or large. */
export function isObject(hi: number): boolean {
  const top = hi >>> 16;
  return top === OBJECT_TOP || top === LARGE_OBJECT_TOP;
}

/** Whether a slot holds an array, small or large. */
export function isArray(hi: number): boolean {
  const top = hi >>> 16;
  return top === ARRAY_TOP || top === LARGE_ARRAY_TOP;
}

/** Whether a slot holds an object or an array. */
export function isContainer(hi: number): boolean {
  const top = hi >>> 16;
  return top >= OBJECT_TOP && (top <= ARRAY_TOP || top === LARGE_ARRAY_TOP);
}

/** Whether a slot holds a string, however stored. */
export function isString(hi: number): boolean {
  const top = hi >>> 16;
  return top >= LATIN1_TOP && (top <= LONG_STRING_TOP || (top >= INLINE_TOP && top < LARGE_ARRAY_TOP));
}

// ── Nodes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The kinds of a node. Offsets in the diagrams are in 32-bit words. */
export const Kind = {
  /** The key list of small objects. [0 0][1 header][2… count key slots], in JSON's order; no node id */
  SHAPE: 1,
  /** A small object. [0 1 header][2 unit offset of its shape][3 zero][4… count value slots] */
  OBJECT: 2,
  /** A small array, or a leaf of a large one. [0 1 header][2… count value slots] */
  ARRAY: 3,
  /** Inner node of a large array. [0 1 header][2… count × (unit offset of child, elements up to and with that child)] */
  ARRAY_INDEX: 4,
  /** A large object that is a hash trie. [0 1 header][2 entries][3 next ordinal][4 unit offset of the trie][5 zero] */
  OBJECT_ROOT: 5,
  /** Inner node of the hash trie. [0 1 header][2 bitmap][3… count unit offsets of children], padded to a unit */
  BRANCH: 6,
  /** Leaf of the hash trie. [0 1 header][count hashes][count ordinals][count key slots][count value slots] */
  BUCKET: 7,
  /** A string over 65,535 units. [0 length in units][1 header: count 1 Latin-1, 2 UTF-16][2… the units], padded to a unit */
  LONG_STRING: 8,
  /** An object of many keys that shares its key list. [0 1 header][2 unit offset of the keys][3 unit offset of the values]: two large arrays */
  WIDE_OBJECT: 9,
} as const;

/** Words from the start of an OBJECT node to its first slot; likewise below. */
export const OBJECT_SLOTS = 4;
export const ARRAY_SLOTS = 2;
export const SHAPE_SLOTS = 2;
export const INDEX_CHILDREN = 2;
export const BRANCH_CHILDREN = 3;
export const BUCKET_HASHES = 2;
export const LONG_STRING_UNITS = 2;
export const OBJECT_ROOT_BYTES = 24;
export const WIDE_OBJECT_BYTES = 16;
/** Words from the start of a WIDE_OBJECT node to the unit offsets of its two arrays. */
export const WIDE_KEYS = 2;
export const WIDE_VALUES = 3;

/** An object with more keys, an array with more elements, is large. */
export const SMALL_OBJECT_MAX = 64;
export const ARRAY_NODE_MAX = 64;
/** Keys of the largest object that shares its key list: readers hold such a list as a whole, so one that only grows must end as a trie. */
export const WIDE_OBJECT_MAX = 1024;
/** A large object with fewer keys, a large array with fewer elements, becomes small again: the gap keeps it from going to and fro. */
export const LARGE_MIN = 32;
/** A bucket with more entries becomes a branch, while there are hash bits left. */
export const BUCKET_MAX = 16;
export const BRANCH_BITS = 5;
/** Levels of branches above a bucket: 7 × 5 bits use up the hash. */
export const BRANCH_LEVELS = 7;
/** The `count` field has 12 bits. */
export const COUNT_MAX = 4095;

/** How far the ordinals of a large object may run ahead of its entries before it is rewritten; readers refuse more. */
export function ordinalLimit(entries: number): number {
  return entries * 4 + 1024;
}

/** Node ids are below this: the header of a node has 48 bits for them. */
export const NODE_IDS_END = 2 ** 48;

/** Slots of the largest container that several slots may name: a hostile file cannot unfold into more than this factor. */
export const SHARED_LEAF_MAX = 16;

export function kindOf(word1: number): number {
  return (word1 >>> 16) & 15;
}

export function countOf(word1: number): number {
  return word1 >>> 20;
}

/** The second word of a node header. */
export function headerOf(kind: number, count: number, nodeIdHigh: number): number {
  return (count << 20) | (kind << 16) | nodeIdHigh;
}

/** Rounds up to a whole unit. */
export function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / UNIT_BYTES) * UNIT_BYTES;
}

export const objectBytes = (count: number): number => 16 + 8 * count;
export const arrayBytes = (count: number): number => 8 + 8 * count;
export const shapeBytes = (count: number): number => 8 + 8 * count;
export const indexBytes = (count: number): number => 8 + 8 * count;
export const branchBytes = (count: number): number => padded(12 + 4 * count);
export const bucketBytes = (count: number): number => 8 + 24 * count;
