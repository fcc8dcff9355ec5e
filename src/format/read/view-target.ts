/**
 * What stands behind the proxies of a view: where a container's node lies, and what has been made of it so far. They are what `util.inspect`
 * sees, since it looks through proxies, so they tell it what to show.
 */
import { type InspectOptions, inspect } from 'node:util';
import { JsonMmapError } from '../../errors.js';
import { corrupt } from '../corrupt.js';
import { ARRAY_SLOTS, OBJECT_SLOTS, Tag, tagOf } from '../layout.js';
import { checkedLength, childHolding, lengthOfIndex } from './array-index.js';
import { type Entries, orderedEntries } from './entries.js';
import { findInTrie } from './hash-trie.js';
import type { Reader } from './reader.js';
import type { Shape } from './shape.js';
import type { ViewBudget } from './view-budget.js';

/** What keeps the memory below a view. */
export interface ViewLease {
  readonly open: boolean;
}

/** What the containers of one view share. */
export class ViewSource {
  readonly budget: ViewBudget;
  /** Whether they are kept as long as the view is: not those below a large container. */
  readonly kept: boolean;
  readonly #reader: Reader;
  readonly #lease: ViewLease | undefined;
  #passing: ViewSource | undefined;

  constructor(reader: Reader, budget: ViewBudget, lease?: ViewLease, kept = true) {
    this.#reader = reader;
    this.budget = budget;
    this.#lease = lease;
    this.kept = kept;
  }

  /** The way to the memory, for callers that read it at once. @throws `ERR_CLOSED` when the lease has ended */
  get reader(): Reader {
    if (this.#lease === undefined || this.#lease.open) return this.#reader;
    throw new JsonMmapError('ERR_CLOSED', 'the snapshot of this view has been closed', { cure: 'take another one' });
  }

  /** The same for containers that are not kept. */
  get passing(): ViewSource {
    if (!this.kept) return this;
    this.#passing ??= new ViewSource(this.#reader, this.budget, this.#lease, false);
    return this.#passing;
  }
}

/** What has been made of the slots of a container. */
export interface Target {
  readonly source: ViewSource;
  /** The unit of its node; its children lie before it. */
  readonly unit: number;
  /** The word of its first slot. */
  readonly slots: number;
  /** How many slots it has. */
  readonly count: number;
  /** Values by position: all that were asked for, of a small container. */
  readonly made: unknown[];
  /** The containers that were asked for last, by word, of a large one. */
  readonly large: Map<number, object> | undefined;
}

export class ObjectTarget implements Target {
  readonly source: ViewSource;
  readonly unit: number;
  readonly slots: number;
  readonly count: number;
  readonly made: unknown[] = [];
  readonly large: Map<number, object> | undefined;
  readonly #shape: Shape | undefined;
  /** The unit of the array of values of a wide object. */
  readonly #values: number = 0;
  /** Keys and slots of a large object, once somebody asked for its keys. */
  #entries: Entries | undefined;
  /** Where the last key was found among them: a caller that has all keys reads them in order. */
  #cursor = 0;

  constructor(source: ViewSource, unit: number, hi: number, before: number) {
    this.source = source;
    this.unit = unit;
    this.slots = unit * 2 + OBJECT_SLOTS;
    if (tagOf(hi) === Tag.OBJECT) {
      this.#shape = source.reader.shapeOf(unit, before);
      this.count = this.#shape.keys.length;
    } else if (source.reader.isWide(unit, before)) {
      const { shape, values } = source.reader.wideOf(unit);
      this.#shape = shape;
      this.#values = values;
      this.count = shape.keys.length;
      this.large = new Map();
    } else {
      this.count = source.reader.entriesOf(unit, before);
      this.large = new Map();
    }
  }

  /** Returns the word of the slot of `key`, or -1. */
  find(key: string): number {
    if (this.#shape !== undefined) {
      const position = this.#shape.find(key);
      if (position < 0) return -1;
      return this.large === undefined ? this.slots + position * 2 : this.#wideWord(position);
    }
    if (this.#entries !== undefined) {
      const { keys, words } = this.#entries;
      if (keys[this.#cursor] === key) return words[this.#cursor];
      const next = this.#cursor + 1 < keys.length ? this.#cursor + 1 : 0;
      if (keys[next] === key) {
        this.#cursor = next;
        return words[next];
      }
    }
    const { segment } = this.source.reader;
    return findInTrie(segment, segment.i32[this.unit * 2 + 4], this.unit, key);
  }

  #wideWord(position: number): number {
    const { reader, budget } = this.source;
    const leaf = childHolding(reader, this.#values, position);
    budget.claim(leaf.unit, this.unit);
    return leaf.unit * 2 + ARRAY_SLOTS + leaf.index * 2;
  }

  keys(): readonly string[] {
    if (this.#shape !== undefined) return this.#shape.keys;
    this.#entries ??= this.#list();
    return this.#entries.keys;
  }

  #list(): Entries {
    const { reader, budget } = this.source;
    const entries = orderedEntries(reader, this.unit, reader.end, budget.strings);
    // A proxy may not list a key twice: that would be a TypeError of the language.
    if (new Set(entries.keys).size !== entries.keys.length) throw corrupt('a large object repeats a key');
    return entries;
  }

  /** Called by `util.inspect` with the proxy as `this`. */
  [inspect.custom](): object {
    return { ...this };
  }
}

export class ArrayTarget extends Array<unknown> implements Target {
  readonly source: ViewSource;
  readonly unit: number;
  readonly slots: number;
  readonly count: number;
  readonly made: unknown[] = [];
  readonly large: Map<number, object> | undefined;
  /** The leaf in which the last element was found. */
  #leafStart = 0;
  #leafEnd = 0;
  #leafSlots = 0;
  /** The first elements of the leaves that were met. */
  #starts: Map<number, number> | undefined;

  constructor(source: ViewSource, unit: number, hi: number, before: number) {
    super();
    this.source = source;
    this.unit = unit;
    this.slots = unit * 2 + ARRAY_SLOTS;
    if (tagOf(hi) === Tag.ARRAY) {
      this.count = source.reader.elementsOf(unit, before);
      this.#leafEnd = this.count;
      this.#leafSlots = this.slots;
    } else {
      this.count = lengthOfIndex(source.reader, unit, before);
      this.large = new Map();
    }
  }

  /** Returns the word of the slot of element `index`, or -1. */
  wordAt(index: number): number {
    if (index < 0 || index >= this.count) return -1;
    if (index < this.#leafStart || index >= this.#leafEnd) this.#moveTo(index);
    return this.#leafSlots + (index - this.#leafStart) * 2;
  }

  /** The number of elements, for who makes something of each. */
  checkedCount(): number {
    return this.large === undefined ? this.count : checkedLength(this.source.reader, this.unit, this.source.reader.end);
  }

  #moveTo(index: number): void {
    const leaf = childHolding(this.source.reader, this.unit, index);
    this.source.budget.claim(leaf.unit, this.unit);
    this.#meet(leaf.unit, index - leaf.index);
    this.#leafStart = index - leaf.index;
    this.#leafEnd = this.#leafStart + leaf.count;
    this.#leafSlots = leaf.unit * 2 + ARRAY_SLOTS;
  }

  /** A leaf has one parent: otherwise a few bytes could be an array of any length, and such arrays in one another would have no end. */
  #meet(leaf: number, start: number): void {
    this.#starts ??= new Map();
    const known = this.#starts.get(leaf);
    if (known === undefined) this.#starts.set(leaf, start);
    else if (known !== start) throw corrupt('a leaf of a large array is shared');
  }

  /** Called by `util.inspect` with the proxy as `this`: as many elements as it shows, and the right length. */
  [inspect.custom](_depth: number, { maxArrayLength }: InspectOptions): unknown[] {
    const shown = Array.prototype.slice.call(this, 0, maxArrayLength ?? this.length) as unknown[];
    shown.length = this.length;
    return shown;
  }
}
