/**
 * Writes values that are nested deeper than the machine's stack should be: one loop over an explicit stack of frames, so depth costs heap. As in
 * `encode.ts`, the slots of finished values gather in a `SlotStack`, and when a container is complete they become its node.
 */
import { JsonMmapError } from '../../errors.js';
import { jsonValue } from '../json-value.js';
import { writeArray } from './array-write.js';
import { cycle, lengthOf, writeScalar } from './encode-parts.js';
import { writeObject } from './object-write.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

const DEPTH_MAX = 1_000_000;

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

/** Writes the container `source`, which stands in the containers `outer`; the writer's result is its slot. O(size). @throws as `encode` */
export function encodeDeep(writer: Writer, source: object, outer: readonly object[]): void {
  new DeepEncoding(writer, outer).run(source);
}

class DeepEncoding {
  readonly #writer: Writer;
  readonly #stack = new SlotStack();
  readonly #frames: Frame[] = [];
  #depth = -1;
  /** The containers under way. */
  readonly #open: Set<object>;

  constructor(writer: Writer, outer: readonly object[]) {
    this.#writer = writer;
    this.#open = new Set(outer);
  }

  run(root: object): void {
    const writer = this.#writer;
    const stack = this.#stack;
    let frame = this.#frame(root);
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
      this.#open.delete(frame.source);
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
        return this.#frame(value);
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
      if (typeof value !== 'string') value = jsonValue(value, i) ?? null;
      if (typeof value === 'object' && value !== null) {
        frame.next = i + 1;
        return this.#frame(value);
      }
      writeScalar(writer, value as null | boolean | number | string);
      stack.push(writer.lo, writer.hi);
    }
    return undefined;
  }

  #frame(source: object): Frame {
    const depth = ++this.#depth;
    if (this.#open.has(source)) throw cycle();
    if (this.#open.size > DEPTH_MAX) {
      throw new JsonMmapError('ERR_NOT_SERIALIZABLE', `the value is nested deeper than ${DEPTH_MAX} levels`);
    }
    this.#open.add(source);
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
}
