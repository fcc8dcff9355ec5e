/**
 * What makes one plain value of another, as edits of the document: where both name the same object nothing is looked at, so the cost is that of what
 * differs and of the containers on the way to it.
 */
import { type JsonValue, jsonValue } from '../format/json-value.js';
import type { Slot } from '../format/read/lookup.js';
import { addAt, deleteAt, setAt, takeAt } from '../format/write/edit.js';
import { encodeJson } from '../format/write/encode.js';
import type { Writer } from '../format/write/writer.js';
import { required, writeRoot } from './value.js';

/** One change; `value` is as `jsonValue` returned it. `last` moves a key behind all others. */
export type PlainEdit =
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: JsonValue }
  | { readonly kind: 'insert'; readonly path: readonly string[]; readonly value: JsonValue }
  | { readonly kind: 'delete'; readonly path: readonly string[] }
  | { readonly kind: 'last'; readonly path: readonly string[] };

/** Fewer edits than this in one container, or than one for so many entries, are made one by one; else it is written over as a whole. */
const EDITS_MAX = 64;
const EDIT_SHARE = 16;

/** The way to a value: shared by all that lies below. */
interface Place {
  readonly above: Place | undefined;
  readonly token: string;
}

/** Two containers of one kind, the second to become of the first. */
interface Pair {
  readonly place: Place | undefined;
  readonly before: object;
  readonly after: object;
}

/**
 * Returns the edits that turn `before`, which is plain data, into what JSON makes of `after`.
 * @param ordered Whether the order of keys counts; where it does not, keys keep their places and new ones come last.
 * @throws `ERR_NOT_SERIALIZABLE` where `after` is nothing that JSON has
 */
export function editsBetween(before: unknown, after: unknown, ordered: boolean): PlainEdit[] {
  return before === after ? [] : new Differing(ordered).edits(before, after);
}

/** Does `edits`; the writer's result is the new root. */
export function applyEdits(writer: Writer, root: Slot | undefined, edits: readonly PlainEdit[]): void {
  if (root !== undefined) writer.result(root.lo, root.hi);
  for (const edit of edits) applyEdit(writer, { lo: writer.lo, hi: writer.hi }, edit);
}

function applyEdit(writer: Writer, root: Slot, edit: PlainEdit): void {
  const { path } = edit;
  if (edit.kind === 'delete') {
    deleteAt(writer, root, path);
  } else if (edit.kind === 'last') {
    const slot = takeAt(writer, root, path);
    addAt(writer, { lo: writer.lo, hi: writer.hi }, path, slot);
  } else if (edit.kind === 'insert') {
    encodeJson(writer, edit.value);
    addAt(writer, root, path, { lo: writer.lo, hi: writer.hi });
  } else if (path.length === 0) {
    writeRoot(writer, root, edit.value);
  } else {
    setAt(writer, root, path, edit.value);
  }
}

class Differing {
  readonly #ordered: boolean;
  readonly #edits: PlainEdit[] = [];
  /** What is still to be looked into: an explicit stack, so that depth costs heap. */
  readonly #pairs: Pair[] = [];

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  edits(before: unknown, after: unknown): PlainEdit[] {
    this.#value(undefined, before, required(after));
    for (let pair = this.#pairs.pop(); pair !== undefined; pair = this.#pairs.pop()) {
      const { place, before: was, after: is } = pair;
      if (Array.isArray(is)) this.#elements(place, was as unknown[], is);
      else this.#entries(place, was as Record<string, unknown>, is as Record<string, unknown>);
    }
    return this.#edits;
  }

  #value(place: Place | undefined, before: unknown, after: JsonValue): void {
    if (before === after) return;
    if (arePair(before, after)) {
      this.#pairs.push({ place, before: before as object, after: after as object });
    } else {
      this.#edits.push({ kind: 'set', path: tokensTo(place), value: after });
    }
  }

  /** What is the same at both ends stays; what lies between goes in place as far as it goes. */
  #elements(place: Place | undefined, was: readonly unknown[], is: readonly unknown[]): void {
    const shared = Math.min(was.length, is.length);
    let prefix = 0;
    while (prefix < shared && was[prefix] === is[prefix]) prefix++;
    let suffix = 0;
    while (suffix < shared - prefix && was[was.length - 1 - suffix] === is[is.length - 1 - suffix]) suffix++;
    const end = shared - suffix;
    const inPlace: JsonValue[] = [];
    let certain = Math.abs(was.length - is.length);
    for (let i = prefix; i < end; i++) {
      const value = elementOf(is, i);
      inPlace.push(value);
      if (value !== was[i] && !arePair(was[i], value)) certain++;
    }
    if (isMuch(certain, is.length)) {
      this.#edits.push({ kind: 'set', path: tokensTo(place), value: is });
      return;
    }
    const at = (i: number): Place => ({ above: place, token: String(i) });
    inPlace.forEach((value, i) => {
      if (value !== was[prefix + i]) this.#value(at(prefix + i), was[prefix + i], value);
    });
    for (let i = was.length - suffix - 1; i >= end; i--) this.#edits.push({ kind: 'delete', path: tokensTo(at(i)) });
    for (let i = end; i < is.length - suffix; i++) {
      this.#edits.push({ kind: 'insert', path: tokensTo(at(i)), value: elementOf(is, i) });
    }
  }

  #entries(place: Place | undefined, was: Record<string, unknown>, is: Record<string, unknown>): void {
    if (!this.#sameKeys(place, was, is)) this.#otherKeys(place, was, is);
  }

  /** The keys are the same, in the same order, as in most objects; false, and nothing noted, where they are not. */
  #sameKeys(place: Place | undefined, was: Record<string, unknown>, is: Record<string, unknown>): boolean {
    const keys = Object.keys(is);
    const old = Object.keys(was);
    if (keys.length !== old.length || !keys.every((key, i) => key === old[i])) return false;
    const changed: [key: string, value: JsonValue][] = [];
    for (const key of keys) {
      const value = is[key];
      if (value === was[key]) continue;
      const json = jsonValue(value, key);
      if (json === undefined) return false;
      if (json !== was[key]) changed.push([key, json]);
    }
    if (changed.filter(([key, value]) => !arePair(was[key], value)).length > EDITS_MAX) return false;
    for (const [key, value] of changed) this.#value({ above: place, token: key }, was[key], value);
    return true;
  }

  #otherKeys(place: Place | undefined, was: Record<string, unknown>, is: Record<string, unknown>): void {
    const values = new Map<string, JsonValue>();
    for (const key of Object.keys(is)) {
      const json = Object.hasOwn(was, key) && was[key] === is[key] ? (is[key] as JsonValue) : jsonValue(is[key], key);
      if (json !== undefined) values.set(key, json);
    }
    const old = Object.keys(was);
    const kept = old.filter((key) => values.has(key));
    const stay = this.#ordered ? prefixThatStays(kept, [...values.keys()]) : new Set(kept);
    const certain = kept.filter((key) => was[key] !== values.get(key) && !arePair(was[key], values.get(key)));
    if (isMuch(certain.length + old.length + values.size - 2 * stay.size, values.size)) {
      this.#edits.push({ kind: 'set', path: tokensTo(place), value: this.#ordered ? is : inOrderOf(kept, is) });
      return;
    }
    const at = (key: string): Place => ({ above: place, token: key });
    for (const key of old) if (!values.has(key)) this.#edits.push({ kind: 'delete', path: tokensTo(at(key)) });
    for (const [key, value] of values) {
      if (!Object.hasOwn(was, key)) {
        this.#edits.push({ kind: 'set', path: tokensTo(at(key)), value });
        continue;
      }
      if (!stay.has(key)) this.#edits.push({ kind: 'last', path: tokensTo(at(key)) });
      this.#value(at(key), was[key], value);
    }
  }
}

/** The same object with the keys `first` before all others. */
function inOrderOf(first: readonly string[], object: Record<string, unknown>): Record<string, unknown> {
  const keys = new Set([...first, ...Object.keys(object)]);
  return Object.fromEntries(Array.from(keys, (key) => [key, object[key]]));
}

/** The keys that need not move for `kept` to stand in the order of `wanted`, in which others may come behind them. */
function prefixThatStays(kept: readonly string[], wanted: readonly string[]): Set<string> {
  const stay = new Set<string>();
  for (const key of kept) if (key === wanted[stay.size]) stay.add(key);
  return stay;
}

function isMuch(edits: number, entries: number): boolean {
  return edits > EDITS_MAX && edits * EDIT_SHARE > entries;
}

/** What JSON leaves out of an object is null in an array. */
function elementOf(elements: readonly unknown[], index: number): JsonValue {
  return jsonValue(elements[index], index) ?? null;
}

/** Two containers of one kind may be equal; only a look inside can tell. */
function arePair(before: unknown, after: unknown): boolean {
  const kind = kindOf(before);
  return kind !== 'scalar' && kind === kindOf(after);
}

function kindOf(value: unknown): 'array' | 'object' | 'scalar' {
  if (typeof value !== 'object' || value === null) return 'scalar';
  return Array.isArray(value) ? 'array' : 'object';
}

function tokensTo(place: Place | undefined): string[] {
  const tokens: string[] = [];
  for (let at = place; at !== undefined; at = at.above) tokens.push(at.token);
  return tokens.reverse();
}
