/**
 * From JavaScript values to nodes, children before parents. One loop over an explicit stack, so depth costs heap and not the
 * machine's stack: the slots of finished values gather in a `SlotStack`, and when a container is complete they become its node.
 */
import { JsonMmapError } from '../../errors.js';
import { type JsonValue, jsonValue } from '../json-value.js';
import { FALSE_LO, hiOf, NULL_LO, Tag, TRUE_LO } from '../layout.js';
import { writeArray } from './array-write.js';
import { writeObject } from './object-write.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** A container is compared with those that it stands in: one by one with the outermost, with the others through a set. */
const COMPARED_DEPTH = 16;
const DEPTH_MAX = 1_000_000;

const HI_INTEGER = hiOf(Tag.INTEGER);
const HI_CONSTANT = hiOf(Tag.CONSTANT);

/** A container whose children are being written. */
interface Frame {
  source: object;
  /** The keys to read, or undefined for an array. */
  keys: string[] | undefined;
  /** The keys that had a value; the same array as `keys` until one had none. */
  kept: string[] | undefined;
  next: number;
  count: number;
  /** Where in the stack its slots begin. */
  base: number;
}

/**
 * Writes `value`, property `key` of its holder, as JSON would store it; the writer's result is its slot. Returns false, and
 * writes nothing, where JSON stores nothing (undefined, a function, a symbol). O(size of the value).
 * @throws `ERR_NOT_SERIALIZABLE` for cycles and BigInts; whatever a `toJSON` or a getter throws.
 */
export function encode(writer: Writer, value: unknown, key: string | number = ''): boolean {
  return encodeJson(writer, jsonValue(value, key));
}

/** The same for a value that `jsonValue` has seen. */
export function encodeJson(writer: Writer, json: JsonValue): boolean {
  if (json === undefined) return false;
  if (typeof json === 'object' && json !== null) new Encoding(writer).run(json);
  else writeScalar(writer, json);
  return true;
}

/** Writes a value that is no container. O(1), strings O(length). */
export function writeScalar(writer: Writer, value: null | boolean | number | string): void {
  if (typeof value === 'string') writer.strings.write(value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else writer.result(value === null ? NULL_LO : value ? TRUE_LO : FALSE_LO, HI_CONSTANT);
}

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

function writeNumber(writer: Writer, value: number): void {
  const integer = value | 0;
  if (integer === value) {
    writer.result(integer, HI_INTEGER); // -0 becomes 0 here, as in JSON
    return;
  }
  scratch[0] = value;
  writer.result(scratchWords[0], scratchWords[1]);
}

class Encoding {
  readonly #writer: Writer;
  readonly #stack = new SlotStack();
  readonly #frames: Frame[] = [];
  #depth = -1;
  /** The outermost containers under way, and the others where there are more. */
  readonly #outer: object[] = [];
  #deep: Set<object> | undefined;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  run(root: object): void {
    const writer = this.#writer;
    const stack = this.#stack;
    let frame = this.#open(root);
    for (;;) {
      const opened =
        frame.keys === undefined
          ? this.#elements(frame, frame.source as unknown[])
          : this.#properties(frame, frame.keys);
      if (opened !== undefined) {
        frame = opened;
        continue;
      }
      if (frame.kept === undefined) writeArray(writer, stack.words, frame.base, frame.count);
      else writeObject(writer, frame.kept, stack.words, frame.base);
      this.#deep?.delete(frame.source);
      stack.top = frame.base;
      if (--this.#depth < 0) return;
      stack.push(writer.lo, writer.hi);
      frame = this.#frames[this.#depth];
    }
  }

  /** Writes properties of `frame` until one is a container, whose frame it returns, or all are written. */
  #properties(frame: Frame, keys: string[]): Frame | undefined {
    const writer = this.#writer;
    const stack = this.#stack;
    const source = frame.source as Record<string, unknown>;
    const { count } = frame;
    for (let i = frame.next; i < count; i++) {
      const key = keys[i];
      let value = source[key];
      if (typeof value !== 'string') {
        value = jsonValue(value, key);
        if (value === undefined) {
          if (frame.kept === keys) frame.kept = keys.slice(0, i);
          continue;
        }
      }
      if (frame.kept !== keys) frame.kept!.push(key);
      if (typeof value === 'object' && value !== null) {
        frame.next = i + 1;
        return this.#open(value);
      }
      writeScalar(writer, value as null | boolean | number | string);
      stack.push(writer.lo, writer.hi);
    }
    return undefined;
  }

  /** The same for the elements of an array, where what JSON leaves out of an object becomes null. */
  #elements(frame: Frame, source: unknown[]): Frame | undefined {
    const writer = this.#writer;
    const stack = this.#stack;
    const { count } = frame;
    for (let i = frame.next; i < count; i++) {
      let value = source[i];
      if (typeof value !== 'string' && typeof value !== 'number') value = jsonValue(value, i) ?? null;
      else if (typeof value === 'number' && !Number.isFinite(value)) value = null;
      if (typeof value === 'object' && value !== null) {
        frame.next = i + 1;
        return this.#open(value);
      }
      writeScalar(writer, value as null | boolean | number | string);
      stack.push(writer.lo, writer.hi);
    }
    return undefined;
  }

  #open(source: object): Frame {
    const depth = ++this.#depth;
    this.#refuseCycle(source, depth);
    const keys = Array.isArray(source) ? undefined : Object.keys(source);
    const count = keys === undefined ? lengthOf(source as unknown[]) : keys.length;
    const frame = this.#frames[depth];
    if (frame === undefined) {
      const made = { source, keys, kept: keys, next: 0, count, base: this.#stack.top };
      this.#frames.push(made);
      return made;
    }
    frame.source = source;
    frame.keys = keys;
    frame.kept = keys;
    frame.next = 0;
    frame.count = count;
    frame.base = this.#stack.top;
    return frame;
  }

  /** A cycle is met where it closes: what stands beside it is not written again and again. */
  #refuseCycle(source: object, depth: number): void {
    const outer = this.#outer;
    const compared = depth < COMPARED_DEPTH ? depth : COMPARED_DEPTH;
    for (let i = 0; i < compared; i++) if (outer[i] === source) throw cycle();
    if (depth < COMPARED_DEPTH) {
      outer[depth] = source;
      return;
    }
    if (depth > DEPTH_MAX) {
      throw new JsonMmapError('ERR_NOT_SERIALIZABLE', `the value is nested deeper than ${DEPTH_MAX} levels`);
    }
    this.#deep ??= new Set();
    if (this.#deep.has(source)) throw cycle();
    this.#deep.add(source);
  }
}

function cycle(): JsonMmapError {
  return new JsonMmapError('ERR_NOT_SERIALIZABLE', 'JSON has no cycles: an object contains itself');
}

/** Returns the length of an array, which a proxy may say is anything: https://tc39.es/ecma262/#sec-lengthofarraylike */
export function lengthOf(source: { readonly length: unknown }): number {
  const { length } = source;
  if (typeof length === 'number' && length >>> 0 === length) return length;
  return Math.max(0, Math.min(Math.trunc(Number(length)) || 0, Number.MAX_SAFE_INTEGER));
}
