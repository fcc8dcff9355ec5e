/** What a schema makes of a document, as edits of the document: only what differs is written, and keys keep the places that they have. */
import { type JsonValue, jsonValue } from '../format/json-value.js';
import type { Slot } from '../format/read/lookup.js';
import { deleteAt, setAt } from '../format/write/edit.js';
import type { Writer } from '../format/write/writer.js';
import { required, writeRoot } from './value.js';

/** `value`, as `jsonValue` returned it, is what belongs at `path`; undefined where nothing does. */
export interface OutputEdit {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

/** The way to a value: shared by all that lies below. */
interface Place {
  readonly above: Place | undefined;
  readonly token: string;
}

/** A part of the document, and what the schema made of it: two containers of one kind. */
interface Pair {
  readonly place: Place | undefined;
  readonly before: object;
  readonly after: object;
}

/**
 * Returns the edits that turn `before`, which is plain data, into what JSON makes of `after`. The order of keys does not count: new ones come last.
 * O(size), on an explicit stack.
 * @throws `ERR_NOT_SERIALIZABLE` where `after` is nothing that JSON has
 */
export function conformingEdits(before: unknown, after: unknown): OutputEdit[] {
  const edits: OutputEdit[] = [];
  if (before === after) return edits;
  const pairs: Pair[] = [];
  compare(pairs, edits, undefined, before, required(after));
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    if (Array.isArray(pair.after)) compareElements(pairs, edits, pair);
    else compareEntries(pairs, edits, pair);
  }
  return edits;
}

/** Does `edits`; the writer's result is the new root. */
export function applyOutput(writer: Writer, root: Slot | undefined, edits: readonly OutputEdit[]): void {
  if (root !== undefined) writer.result(root.lo, root.hi);
  for (const { path, value } of edits) {
    const at = { lo: writer.lo, hi: writer.hi };
    if (path.length === 0) writeRoot(writer, root, value);
    else if (value === undefined) deleteAt(writer, at, path);
    else setAt(writer, at, path, value);
  }
}

function compare(
  pairs: Pair[],
  edits: OutputEdit[],
  place: Place | undefined,
  before: unknown,
  after: JsonValue,
): void {
  if (before === after) return;
  if (isPair(before, after)) pairs.push({ place, before: before as object, after: after as object });
  else edits.push({ path: tokensTo(place), value: after });
}

/** Arrays of two lengths are no pair: which elements belong together nobody knows. */
function isPair(before: unknown, after: JsonValue): boolean {
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return false;
  const isArray = Array.isArray(before);
  if (isArray !== Array.isArray(after)) return false;
  return !isArray || (before as unknown[]).length === (after as unknown[]).length;
}

function compareElements(pairs: Pair[], edits: OutputEdit[], { place, before, after }: Pair): void {
  const [was, is] = [before as readonly unknown[], after as readonly unknown[]];
  for (let i = 0; i < was.length; i++) {
    if (was[i] === is[i]) continue;
    const json = jsonValue(is[i], i);
    compare(pairs, edits, { above: place, token: String(i) }, was[i], json === undefined ? null : json);
  }
}

function compareEntries(pairs: Pair[], edits: OutputEdit[], { place, before, after }: Pair): void {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const kept = new Set<string>();
  for (const key of Object.keys(is)) {
    const value = is[key];
    const there = Object.hasOwn(was, key);
    if (there && was[key] === value) {
      kept.add(key);
      continue;
    }
    const json = jsonValue(value, key);
    if (json === undefined) continue;
    const at = { above: place, token: key };
    if (there) compare(pairs, edits, at, was[key], json);
    else edits.push({ path: tokensTo(at), value: json });
    kept.add(key);
  }
  for (const key of Object.keys(was)) {
    if (!kept.has(key)) edits.push({ path: tokensTo({ above: place, token: key }), value: undefined });
  }
}

function tokensTo(place: Place | undefined): string[] {
  const tokens: string[] = [];
  for (let at = place; at !== undefined; at = at.above) tokens.push(at.token);
  return tokens.reverse();
}
