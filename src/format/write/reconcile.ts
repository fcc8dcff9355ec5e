/**
 * Writes a value where another stands, and reuses every part of the old one that is equal: the result is the old slot where nothing
 * differs, and only the changed nodes are new. O(size of the value) time, O(change) bytes. What is equal is only read: no strings are made of the
 * segment, and no lists of what a container holds.
 */

import { equalValues } from '../compare/same.js';
import { type JsonValue, jsonValue } from '../json-value.js';
import { isArray, isObject, isString } from '../layout.js';
import { stringEquals } from '../read/strings.js';
import { encodeJson } from './encode.js';
import { writeScalar } from './encode-parts.js';
import { PlainObjects } from './plain.js';
import { reconcileArray } from './reconcile-array.js';
import { reconcileObject } from './reconcile-object.js';
import { Outcome, type Reconciler } from './reconciler.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** Below this depth values are rewritten and compared as a whole, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 100;

/** Thrown when so much differs that the segment would outgrow its bound: rewriting the value elsewhere is cheaper. */
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
  const outcome =
    typeof value === 'object' && value !== null
      ? new Reconciliation(writer, mostBytes).json(value, lo, hi, 0)
      : overwrite(writer, value, lo, hi);
  if (outcome !== Outcome.CHANGED) writer.result(lo, hi);
}

export class Reconciliation implements Reconciler {
  readonly writer: Writer;
  /** The slots of the containers under way. */
  readonly slots = new SlotStack();
  readonly plain = new PlainObjects();
  readonly #mostBytes: number;

  constructor(writer: Writer, mostBytes: number) {
    this.writer = writer;
    this.#mostBytes = mostBytes;
  }

  /** Writes `value`, property `key` of its holder, over the slot at `word`. */
  property(value: unknown, key: string | number, word: number, depth: number): Outcome {
    const { i32 } = this.writer.segment;
    const lo = i32[word];
    const hi = i32[word + 1];
    if (typeof value === 'string') return overwrite(this.writer, value, lo, hi);
    return this.json(jsonValue(value, key), lo, hi, depth);
  }

  /** The same for what `jsonValue` returned. */
  json(value: JsonValue, lo: number, hi: number, depth: number): Outcome {
    if (typeof value !== 'object' || value === null) return overwrite(this.writer, value, lo, hi);
    if (this.writer.segment.head > this.#mostBytes) throw new Outgrown();
    if (depth >= RECURSION_MAX) return this.#whole(value, lo, hi);
    if (Array.isArray(value))
      return isArray(hi) ? reconcileArray(this, value, lo, hi, depth) : this.#anew(value, lo, hi);
    if (!isObject(hi)) return this.#anew(value, lo, hi);
    return reconcileObject(this, value as Record<string, unknown>, lo, hi, depth);
  }

  /** Puts what a value became on the stack: the old slot at `word`, or the writer's result. */
  push(outcome: Outcome, word: number): void {
    const { i32 } = this.writer.segment;
    if (outcome === Outcome.SAME) this.slots.push(i32[word], i32[word + 1]);
    else this.slots.push(this.writer.lo, this.writer.hi);
  }

  /** Notes that the value of the slot at `word` leaves the document. */
  drop(word: number): void {
    const { i32 } = this.writer.segment;
    this.writer.drop(i32[word], i32[word + 1]);
  }

  #anew(value: JsonValue, lo: number, hi: number): Outcome {
    this.writer.drop(lo, hi);
    encodeJson(this.writer, value);
    return Outcome.CHANGED;
  }

  #whole(value: object, lo: number, hi: number): Outcome {
    const { writer } = this;
    const before = writer.mark();
    encodeJson(writer, value);
    if (equalValues(writer.reader, lo, hi, writer.reader, writer.lo, writer.hi)) {
      writer.rollback(before);
      return Outcome.SAME;
    }
    writer.drop(lo, hi);
    return Outcome.CHANGED;
  }
}

/** Writes a value that is no container over the slot. */
function overwrite(
  writer: Writer,
  value: null | boolean | number | string | undefined,
  lo: number,
  hi: number,
): Outcome {
  if (value === undefined) return Outcome.ABSENT;
  if (typeof value === 'string' && isString(hi) && stringEquals(writer.segment, lo, hi, value)) return Outcome.SAME;
  writeScalar(writer, value);
  if (writer.lo === lo && writer.hi === hi) return Outcome.SAME;
  writer.drop(lo, hi);
  return Outcome.CHANGED;
}
