/**
 * Writes a value where another stands, and reuses every part of the old one that is equal: the result is the old slot where nothing
 * differs, and only the changed nodes are new. O(size of the value) time, O(change) bytes.
 */

import { equalValues } from '../compare/same.js';
import { type JsonValue, jsonValue } from '../json-value.js';
import { isArray, isObject, isString, Tag, tagOf } from '../layout.js';
import { type Children, childrenOf } from '../read/children.js';
import { stringEquals } from '../read/strings.js';
import { insertElement, removeElement, setElement, writeArray } from './array-write.js';
import { encode, encodeJson } from './encode.js';
import { deleteEntry, setEntry } from './object-edit.js';
import { writeObject } from './object-write.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** Below this depth values are written anew and compared as a whole, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 400;
/** Fewer changes than one in this many are edited into a large container one by one; more, and it is written anew. */
const EDIT_SHARE = 16;

/** Thrown when so much differs that the segment would outgrow its bound: writing the value anew elsewhere is cheaper. */
export class Outgrown extends Error {}

/**
 * Writes `value`, as `jsonValue` returned it, over the slot; the writer's result is the old slot or a new one.
 * @param mostBytes How far the segment may grow by it; what was written must be rolled back when it throws.
 * @throws `Outgrown`
 */
export function reconcile(
  writer: Writer,
  value: JsonValue,
  lo: number,
  hi: number,
  mostBytes = Number.POSITIVE_INFINITY,
): void {
  new Reconciliation(writer, mostBytes).value(value, lo, hi, 0);
}

class Reconciliation {
  readonly #writer: Writer;
  readonly #mostBytes: number;
  readonly #slots = new SlotStack();

  constructor(writer: Writer, mostBytes: number) {
    this.#writer = writer;
    this.#mostBytes = mostBytes;
  }

  value(value: JsonValue, lo: number, hi: number, depth: number): void {
    const writer = this.#writer;
    if (typeof value === 'string') {
      if (isString(hi) && stringEquals(writer.segment, lo, hi, value)) writer.result(lo, hi);
      else this.#anew(value, lo, hi);
    } else if (typeof value !== 'object' || value === null) {
      this.#anew(value, lo, hi);
    } else if (writer.segment.head > this.#mostBytes) {
      throw new Outgrown();
    } else if (depth >= RECURSION_MAX) {
      this.#whole(value, lo, hi);
    } else if (Array.isArray(value)) {
      if (isArray(hi)) this.#array(value, lo, hi, depth);
      else this.#anew(value, lo, hi);
    } else if (isObject(hi)) {
      this.#object(value as Record<string, unknown>, lo, hi, depth);
    } else {
      this.#anew(value, lo, hi);
    }
  }

  #anew(value: JsonValue, lo: number, hi: number): void {
    this.#writer.drop(lo, hi);
    encodeJson(this.#writer, value);
  }

  #whole(value: object, lo: number, hi: number): void {
    const writer = this.#writer;
    const before = writer.mark();
    encodeJson(writer, value);
    if (equalValues(writer.reader, lo, hi, writer.reader, writer.lo, writer.hi)) {
      writer.rollback(before);
      writer.result(lo, hi);
    } else {
      writer.drop(lo, hi);
    }
  }

  #object(source: Record<string, unknown>, lo: number, hi: number, depth: number): void {
    const writer = this.#writer;
    const slots = this.#slots;
    const base = slots.top;
    const old = childrenOf(writer.reader, lo, hi);
    const oldKeys = old.keys ?? [];
    const positions = new Positions(oldKeys);
    const changes = new ObjectChanges();
    const kept: string[] = [];
    for (const key of Object.keys(source)) {
      const value = jsonValue(source[key], key);
      if (value === undefined) continue;
      const position = positions.of(key);
      if (position < 0) {
        encodeJson(writer, value);
        changes.added.push(kept.length);
      } else {
        const { i32 } = writer.segment;
        const [oldLo, oldHi] = [i32[old.words[position]], i32[old.words[position] + 1]];
        this.value(value, oldLo, oldHi, depth + 1);
        if (writer.lo !== oldLo || writer.hi !== oldHi) changes.replaced.push(kept.length);
        changes.found(position);
      }
      slots.push(writer.lo, writer.hi);
      kept.push(key);
    }
    this.#writeObject({ lo, hi, old, kept, base, changes });
    slots.top = base;
  }

  #writeObject({ lo, hi, old, kept, base, changes }: ObjectResult): void {
    const writer = this.#writer;
    const { words } = this.#slots;
    const removed = this.#removedKeys(old, kept, old.words.length - (kept.length - changes.added.length));
    if (removed.length === 0 && changes.count === 0 && changes.ordered) {
      writer.result(lo, hi);
      return;
    }
    const few = (changes.count + removed.length) * EDIT_SHARE < kept.length;
    // Edits put new keys behind the others, as long as none of them is like an integer.
    const editable = changes.ordered && changes.added.every((i, n) => i === kept.length - changes.added.length + n);
    if (tagOf(hi) !== Tag.LARGE_OBJECT || !few || !editable) {
      writeObject(writer, kept, words, base);
      return;
    }
    writer.result(lo, hi);
    for (const key of removed) deleteEntry(writer, writer.lo, writer.hi, key);
    for (const i of [...changes.replaced, ...changes.added]) {
      setEntry(writer, writer.lo, writer.hi, kept[i], words[base + i * 2], words[base + i * 2 + 1]);
    }
  }

  /** Returns the `count` keys of `old` that are not among `kept`, and drops their values. */
  #removedKeys(old: Children, kept: readonly string[], count: number): string[] {
    if (count === 0) return [];
    const present = new Set(kept);
    return (old.keys ?? []).filter((key, i) => {
      if (present.has(key)) return false;
      this.#drop(old.words[i]);
      return true;
    });
  }

  #drop(word: number): void {
    const { i32 } = this.#writer.segment;
    this.#writer.drop(i32[word], i32[word + 1]);
  }

  #array(source: readonly unknown[], lo: number, hi: number, depth: number): void {
    const writer = this.#writer;
    const slots = this.#slots;
    const base = slots.top;
    const old = childrenOf(writer.reader, lo, hi);
    const before = old.words.length;
    const { length } = source;
    const shared = Math.min(before, length);
    const prefix = before === length ? 0 : this.#equalRun(source, old, shared, depth, (i) => [i, i]);
    const suffix =
      before === length
        ? 0
        : this.#equalRun(source, old, shared - prefix, depth, (i) => [length - 1 - i, before - 1 - i]);
    const replaced: number[] = [];
    for (let i = 0; i < length; i++) {
      const from = i < prefix ? i : i >= length - suffix ? i - length + before : i < before - suffix ? i : -1;
      this.#element(source, i, old, from, i < prefix || i >= length - suffix, depth);
      const { i32 } = writer.segment;
      if (from >= 0 && (i32[old.words[from]] !== writer.lo || i32[old.words[from] + 1] !== writer.hi)) replaced.push(i);
      slots.push(writer.lo, writer.hi);
    }
    for (let i = length - suffix; i < before - suffix; i++) this.#drop(old.words[i]);
    this.#writeArray({ lo, hi, before, length, prefix, suffix, base, replaced });
    slots.top = base;
  }

  /** Writes element `i` over the old element `from`, or anew for -1; an element that is known to be equal is only looked up. */
  #element(source: readonly unknown[], i: number, old: Children, from: number, equal: boolean, depth: number): void {
    const writer = this.#writer;
    if (from < 0) {
      if (!encode(writer, source[i], String(i))) encodeJson(writer, null);
      return;
    }
    const { i32 } = writer.segment;
    const [lo, hi] = [i32[old.words[from]], i32[old.words[from] + 1]];
    if (equal) writer.result(lo, hi);
    else this.value(jsonValue(source[i], String(i)) ?? null, lo, hi, depth + 1);
  }

  /** How many elements, at most `limit`, are equal one after the other; `pair` maps a step to the new and the old index. */
  #equalRun(
    source: readonly unknown[],
    old: Children,
    limit: number,
    depth: number,
    pair: (step: number) => [number, number],
  ): number {
    const writer = this.#writer;
    for (let step = 0; step < limit; step++) {
      const [to, from] = pair(step);
      const { i32 } = writer.segment;
      const [lo, hi] = [i32[old.words[from]], i32[old.words[from] + 1]];
      const [before, droppedBytes] = [writer.mark(), writer.droppedBytes];
      this.value(jsonValue(source[to], String(to)) ?? null, lo, hi, depth + 1);
      if (writer.lo === lo && writer.hi === hi) continue;
      writer.rollback(before);
      writer.droppedBytes = droppedBytes;
      return step;
    }
    return limit;
  }

  #writeArray({ lo, hi, before, length, prefix, suffix, base, replaced }: ArrayResult): void {
    const writer = this.#writer;
    const { words } = this.#slots;
    if (before === length && replaced.length === 0) {
      writer.result(lo, hi);
      return;
    }
    const edits = before === length ? replaced.length : Math.max(length, before) - prefix - suffix;
    if (tagOf(hi) !== Tag.LARGE_ARRAY || edits * EDIT_SHARE >= length) {
      writeArray(writer, words, base, length);
      return;
    }
    writer.result(lo, hi);
    for (let i = Math.min(before, length) - suffix; i < before - suffix; i++) {
      removeElement(writer, writer.lo, writer.hi, length - suffix);
    }
    for (const i of replaced) setElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
    for (let i = before - suffix; i < length - suffix; i++) {
      insertElement(writer, writer.lo, writer.hi, i, words[base + i * 2], words[base + i * 2 + 1]);
    }
  }
}

interface ObjectResult {
  readonly lo: number;
  readonly hi: number;
  readonly old: Children;
  readonly kept: readonly string[];
  readonly base: number;
  readonly changes: ObjectChanges;
}

interface ArrayResult {
  readonly lo: number;
  readonly hi: number;
  readonly before: number;
  readonly length: number;
  readonly prefix: number;
  readonly suffix: number;
  readonly base: number;
  readonly replaced: readonly number[];
}

/** What differs between an object and the one that stands there, by place among the new keys. */
class ObjectChanges {
  readonly added: number[] = [];
  readonly replaced: number[] = [];
  /** The keys of both stand in the same order. */
  ordered = true;
  #last = -1;

  get count(): number {
    return this.added.length + this.replaced.length;
  }

  found(position: number): void {
    if (position < this.#last) this.ordered = false;
    this.#last = position;
  }
}

/** Positions of keys, asked for mostly in their own order: a map is made only when they are not. */
class Positions {
  readonly #keys: readonly string[];
  #map: Map<string, number> | undefined;
  #next = 0;

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  of(key: string): number {
    if (this.#keys[this.#next] === key) return this.#next++;
    this.#map ??= new Map(this.#keys.map((name, i) => [name, i]));
    const position = this.#map.get(key) ?? -1;
    if (position >= 0) this.#next = position + 1;
    return position;
  }
}
