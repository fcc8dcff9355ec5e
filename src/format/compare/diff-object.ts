/** What differs between two objects. */

import { BRANCH_CHILDREN, Kind, Tag, tagOf } from '../layout.js';
import { checkTrieNode, visitTrie } from '../read/hash-trie.js';
import { arrayIndex, type Reader } from '../read/reader.js';
import type { Comparison } from './comparison.js';
import { type Place, placeAt } from './place.js';
import { sameNode, samePlace } from './same.js';

export interface EntryChanges {
  readonly removed: string[];
  readonly replaced: [key: string, before: Place, after: Place][];
  /** In the order in which they stand. */
  readonly added: [key: string, place: Place][];
}

/**
 * Returns the entries that differ, or undefined where removing, replacing and adding them would leave the keys in another order than they
 * have. O(change) between large objects that share nodes, else O(n).
 */
export function changedEntries(comparison: Comparison, from: Place, to: Place): EntryChanges | undefined {
  const large = tagOf(from.hi) === Tag.LARGE_OBJECT && tagOf(to.hi) === Tag.LARGE_OBJECT;
  return (large ? changedInTries(comparison, from, to) : undefined) ?? changedInLists(comparison, from, to);
}

function changedInLists(comparison: Comparison, from: Place, to: Place): EntryChanges | undefined {
  const old = comparison.childrenOf(from);
  const { keys = [], words } = comparison.childrenOf(to);
  const oldKeys = old.keys ?? [];
  const present = new Set(keys);
  const changes: EntryChanges = { removed: oldKeys.filter((key) => !present.has(key)), replaced: [], added: [] };
  const positions = new Map(oldKeys.map((key, i) => [key, i]));
  let last = -1;
  for (let i = 0; i < keys.length; i++) {
    const position = positions.get(keys[i]);
    const after = placeAt(to.reader, words[i]);
    if (position === undefined) {
      changes.added.push([keys[i], after]);
      continue;
    }
    // An object puts integer-like keys where they belong by itself; all others stay, and new ones go last.
    if (arrayIndex(keys[i]) < 0 && (position < last || changes.added.some(([key]) => arrayIndex(key) < 0)))
      return undefined;
    last = Math.max(last, position);
    const before = placeAt(from.reader, old.words[position]);
    if (!samePlace(before, after)) changes.replaced.push([keys[i], before, after]);
  }
  return changes;
}

/** An entry of a trie that the other one does not share. */
interface Entry extends Place {
  readonly ordinal: number;
}

function changedInTries(comparison: Comparison, from: Place, to: Place): EntryChanges | undefined {
  const before = new Map<string, Entry>();
  const after = new Map<string, Entry>();
  const [fromWord, toWord] = [from.lo * 2, to.lo * 2];
  from.reader.entriesOf(from.lo);
  to.reader.entriesOf(to.lo);
  const nextOrdinal = from.reader.segment.i32[fromWord + 3] >>> 0;
  const fromTrie = from.reader.segment.i32[fromWord + 4];
  const toTrie = to.reader.segment.i32[toWord + 4];
  compareNodes(
    comparison,
    { reader: from.reader, unit: fromTrie, before: from.lo },
    { reader: to.reader, unit: toTrie, before: to.lo },
    0,
    before,
    after,
  );

  const changes: EntryChanges = { removed: [], replaced: [], added: [] };
  for (const key of before.keys()) if (!after.has(key)) changes.removed.push(key);
  const added = [...after].filter(([key]) => !before.has(key)).sort(([, a], [, b]) => a.ordinal - b.ordinal);
  for (const [key, entry] of after) {
    const old = before.get(key);
    if (old === undefined) continue;
    if (old.ordinal !== entry.ordinal) return undefined;
    if (!samePlace(old, entry)) changes.replaced.push([key, old, entry]);
  }
  // A new key with an ordinal of the old time would stand between the others.
  if (added.some(([, { ordinal }]) => ordinal < nextOrdinal)) return undefined;
  changes.added.push(...added);
  return changes;
}

interface TrieNode {
  readonly reader: Reader;
  readonly unit: number;
  readonly before: number;
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
  comparison.spend(64);
  const [childrenA, childrenB] = [childrenByWay(a), childrenByWay(b)];
  for (let way = 0; way < 32; way++) {
    const [childA, childB] = [childrenA[way], childrenB[way]];
    if (childA !== undefined && childB !== undefined) compareNodes(comparison, childA, childB, level + 1, onlyA, onlyB);
    else if (childA !== undefined) collect(comparison, childA, level + 1, onlyA);
    else if (childB !== undefined) collect(comparison, childB, level + 1, onlyB);
  }
}

function childrenByWay({ reader, unit }: TrieNode): (TrieNode | undefined)[] {
  const { i32 } = reader.segment;
  const bitmap = i32[unit * 2 + 2];
  let at = unit * 2 + BRANCH_CHILDREN;
  return Array.from({ length: 32 }, (_, way) => {
    return (bitmap & (1 << way)) === 0 ? undefined : { reader, unit: i32[at++], before: unit };
  });
}

function collect(
  comparison: Comparison,
  { reader, unit, before }: TrieNode,
  level: number,
  entries: Map<string, Entry>,
): void {
  const { i32 } = reader.segment;
  const strings = comparison.stringsOf(reader);
  visitTrie(
    reader.segment,
    unit,
    before,
    (keyWord, valueWord, ordinal) => {
      comparison.spend(2);
      entries.set(strings.read(i32[keyWord], i32[keyWord + 1]), {
        ...placeAt(reader, valueWord),
        ordinal,
      });
    },
    level,
  );
}
