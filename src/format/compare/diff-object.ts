/** What differs between two objects. */
import { corrupt } from '../corrupt.js';
import { ENTRIES_MAX, tooLarge } from '../engine-limits.js';
import { arrayIndex } from '../index-key.js';
import { BRANCH_CHILDREN, Kind, Tag, tagOf } from '../layout.js';
import type { Children } from '../read/children.js';
import { checkTrieNode, popcount, visitTrie } from '../read/hash-trie.js';
import type { Reader } from '../read/reader.js';
import { HI_WIDE_ARRAY } from '../read/wide.js';
import type { Comparison } from './comparison.js';
import { changedElements } from './diff-array.js';
import { sameNode } from './same.js';
import { refAt, type ValueRef } from './value-ref.js';

export interface EntryChanges {
  readonly removed: string[];
  readonly replaced: [key: string, before: ValueRef, after: ValueRef][];
  /** In the order in which they stand. */
  readonly added: [key: string, ref: ValueRef][];
}

/**
 * Returns the entries that differ, or undefined where removing, replacing and adding them would leave the keys in another order than they
 * have. O(change) between large objects that share nodes, else O(n).
 */
export function changedEntries(comparison: Comparison, from: ValueRef, to: ValueRef): EntryChanges | undefined {
  const large = tagOf(from.hi) === Tag.LARGE_OBJECT && tagOf(to.hi) === Tag.LARGE_OBJECT;
  return (large ? changedInLarge(comparison, from, to) : undefined) ?? changedInLists(comparison, from, to);
}

/** Undefined where only their lists can be compared. */
function changedInLarge(comparison: Comparison, from: ValueRef, to: ValueRef): EntryChanges | undefined {
  const isWide = from.reader.isWide(from.lo);
  if (isWide !== to.reader.isWide(to.lo)) return undefined;
  return isWide ? changedInWide(comparison, from, to) : changedInTries(comparison, from, to);
}

/** Of two wide objects that share their key list. */
function changedInWide(comparison: Comparison, from: ValueRef, to: ValueRef): EntryChanges | undefined {
  const [old, now] = [from.reader.wideOf(from.lo), to.reader.wideOf(to.lo)];
  if (!sameNode(from.reader, old.shape.unit, to.reader, now.shape.unit)) return undefined;
  const { replaced, removed, added } = changedElements(
    comparison,
    { reader: from.reader, lo: old.values, hi: HI_WIDE_ARRAY },
    { reader: to.reader, lo: now.values, hi: HI_WIDE_ARRAY },
  );
  if (removed > 0 || added.length > 0) return undefined;
  const { keys } = now.shape;
  return { removed: [], replaced: replaced.map(([i, before, after]) => [keys[i], before, after]), added: [] };
}

function changedInLists(comparison: Comparison, from: ValueRef, to: ValueRef): EntryChanges | undefined {
  const [old, now] = [comparison.childrenOf(from), comparison.childrenOf(to)];
  return old.keys === now.keys
    ? { removed: [], replaced: replacedWords(comparison, from, old, to, now), added: [] }
    : changedKeys(comparison, from, old, to, now);
}

/** Of two objects of one shape. */
function replacedWords(
  comparison: Comparison,
  from: ValueRef,
  { words: before, keys = [] }: Children,
  to: ValueRef,
  { words: after }: Children,
): EntryChanges['replaced'] {
  const replaced: EntryChanges['replaced'] = [];
  for (let i = 0; i < keys.length; i++) {
    const [old, now] = [refAt(from.reader, before[i]), refAt(to.reader, after[i])];
    if (!comparison.same(old, now)) replaced.push([keys[i], old, now]);
  }
  return replaced;
}

function changedKeys(
  comparison: Comparison,
  from: ValueRef,
  old: Children,
  to: ValueRef,
  now: Children,
): EntryChanges | undefined {
  const [oldKeys, keys] = [old.keys ?? [], now.keys ?? []];
  const [oldIds, ids] = comparison.keyIds(from, old, to, now);
  const present = new Set(ids);
  const changes: EntryChanges = {
    removed: oldKeys.filter((_, i) => !present.has(oldIds[i])),
    replaced: [],
    added: [],
  };
  const positions = new Map(oldIds.map((id, i) => [id, i]));
  let last = -1;
  let hasAddedName = false;
  for (let i = 0; i < keys.length; i++) {
    const position = positions.get(ids[i]);
    const after = refAt(to.reader, now.words[i]);
    const isName = arrayIndex(keys[i]) < 0;
    if (position === undefined) {
      changes.added.push([keys[i], after]);
      hasAddedName ||= isName;
      continue;
    }
    // An object puts integer-like keys where they belong by itself; all others stay, and new ones go last.
    if (isName && (position < last || hasAddedName)) return undefined;
    last = Math.max(last, position);
    const before = refAt(from.reader, old.words[position]);
    if (!comparison.same(before, after)) changes.replaced.push([keys[i], before, after]);
  }
  return changes;
}

/** An entry of a trie that the other one does not share. */
interface Entry extends ValueRef {
  readonly key: string;
  readonly ordinal: number;
}

function changedInTries(comparison: Comparison, from: ValueRef, to: ValueRef): EntryChanges | undefined {
  const before = new Map<string, Entry>();
  const after = new Map<string, Entry>();
  const byId = comparison.usesIds;
  const fromRoot = from.reader.rootOf(from.lo);
  const toRoot = to.reader.rootOf(to.lo);
  if (Math.max(fromRoot.entries, toRoot.entries) > ENTRIES_MAX) {
    throw tooLarge(`an object of ${Math.max(fromRoot.entries, toRoot.entries)} keys`, ENTRIES_MAX);
  }
  compareNodes(
    comparison,
    { reader: from.reader, unit: fromRoot.trie, before: from.lo, byId },
    { reader: to.reader, unit: toRoot.trie, before: to.lo, byId },
    0,
    before,
    after,
  );
  // One way leads to each entry: where several did, the same entries would be collected again and again.
  if (before.size > fromRoot.entries || after.size > toRoot.entries)
    throw corrupt('a large object has another number of entries than its root says');

  const changes: EntryChanges = { removed: [], replaced: [], added: [] };
  const added: Entry[] = [];
  for (const [id, { key }] of before) if (!after.has(id)) changes.removed.push(key);
  for (const [id, entry] of after) {
    const old = before.get(id);
    if (old === undefined) {
      // A new key with an ordinal of the old time would stand between the others.
      if (entry.ordinal < fromRoot.nextOrdinal) return undefined;
      added.push(entry);
      continue;
    }
    if (old.ordinal !== entry.ordinal) return undefined;
    if (!comparison.same(old, entry)) changes.replaced.push([entry.key, old, entry]);
  }
  added.sort((a, b) => a.ordinal - b.ordinal);
  for (const entry of added) changes.added.push([entry.key, entry]);
  return changes;
}

interface TrieNode {
  readonly reader: Reader;
  readonly unit: number;
  readonly before: number;
  /** Whether its long keys are told apart by their ids. */
  readonly byId: boolean;
}

function compareNodes(
  comparison: Comparison,
  a: TrieNode,
  b: TrieNode,
  level: number,
  onlyA: Map<string, Entry>,
  onlyB: Map<string, Entry>,
): void {
  const kindA = checkTrieNode(a.reader.segment, a.unit, a.before, level);
  const kindB = checkTrieNode(b.reader.segment, b.unit, b.before, level);
  if (sameNode(a.reader, a.unit, b.reader, b.unit)) return;
  if (kindA !== Kind.BRANCH || kindB !== Kind.BRANCH) {
    collect(comparison, a, level, onlyA);
    collect(comparison, b, level, onlyB);
    return;
  }
  comparison.spend(popcount(a.reader.segment.i32[a.unit * 2 + 2]) + popcount(b.reader.segment.i32[b.unit * 2 + 2]));
  const [childrenA, childrenB] = [childrenByWay(a), childrenByWay(b)];
  for (let way = 0; way < 32; way++) {
    const [childA, childB] = [childrenA[way], childrenB[way]];
    if (childA !== undefined && childB !== undefined) compareNodes(comparison, childA, childB, level + 1, onlyA, onlyB);
    else if (childA !== undefined) collect(comparison, childA, level + 1, onlyA);
    else if (childB !== undefined) collect(comparison, childB, level + 1, onlyB);
  }
}

function childrenByWay({ reader, unit, byId }: TrieNode): (TrieNode | undefined)[] {
  const { i32 } = reader.segment;
  const bitmap = i32[unit * 2 + 2];
  let at = unit * 2 + BRANCH_CHILDREN;
  return Array.from({ length: 32 }, (_, way) => {
    return (bitmap & (1 << way)) === 0 ? undefined : { reader, unit: i32[at++], before: unit, byId };
  });
}

function collect(
  comparison: Comparison,
  { reader, unit, before, byId }: TrieNode,
  level: number,
  entries: Map<string, Entry>,
): void {
  visitTrie(
    reader.segment,
    unit,
    before,
    (keyWord, valueWord, ordinal) => {
      comparison.spend(2);
      const [key, id] = comparison.keyAt(reader, keyWord, byId);
      entries.set(id, { ...refAt(reader, valueWord), key, ordinal });
    },
    level,
  );
}
