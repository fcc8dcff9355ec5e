/**
 * From JavaScript values to nodes, children before parents: the slots of finished values gather in a `SlotStack`, and when a container is
 * complete they become its node.
 */
import { type JsonValue, jsonValue } from '../json-value.js';
import { SMALL_OBJECT_MAX } from '../layout.js';
import { writeArray } from './array-write.js';
import { encodeDeep } from './encode-deep.js';
import { cycle, lengthOf, writeScalar } from './encode-parts.js';
import { writeObject, writeShaped } from './object-write.js';
import { PlainObjects } from './plain.js';
import type { KeyPath } from './shape-table.js';
import { SlotStack } from './slots.js';
import type { Writer } from './writer.js';

/** Deeper values are written without recursion, so that depth costs heap and not the machine's stack. */
const RECURSION_MAX = 100;

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
  if (typeof json === 'object' && json !== null) new Encoding(writer).container(json);
  else writeScalar(writer, json);
  return true;
}

/** The keys of an object so far: more than a small one has are a list. */
type Keys = KeyPath | string[];

class Encoding {
  readonly #writer: Writer;
  readonly #stack = new SlotStack();
  readonly #plain = new PlainObjects();
  /** The containers under way. */
  readonly #outer: object[] = [];
  #depth = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Writes an object or array; the writer's result is its slot. */
  container(source: object): void {
    const outer = this.#outer;
    const depth = this.#depth;
    if (depth === RECURSION_MAX) {
      encodeDeep(this.#writer, source, outer);
      return;
    }
    for (let i = 0; i < depth; i++) if (outer[i] === source) throw cycle();
    outer[depth] = source;
    this.#depth = depth + 1;
    const base = this.#stack.top;
    if (Array.isArray(source)) this.#array(source, base);
    else this.#object(source as Record<string, unknown>, base);
    this.#stack.top = base;
    this.#depth = depth;
  }

  #object(source: Record<string, unknown>, base: number): void {
    const writer = this.#writer;
    let keys: Keys = writer.shapes.root;
    if (this.#plain.includes(source)) {
      for (const key in source) if (this.#property(source[key], key)) keys = keysWith(keys, key);
    } else {
      for (const key of Object.keys(source)) if (this.#property(source[key], key)) keys = keysWith(keys, key);
    }
    const { words } = this.#stack;
    if (Array.isArray(keys)) writeObject(writer, keys, words, base);
    else writeShaped(writer, keys, words, base);
  }

  /** What JSON leaves out of an object is null in an array. */
  #array(source: readonly unknown[], base: number): void {
    const count = lengthOf(source);
    for (let i = 0; i < count; i++) if (!this.#property(source[i], i)) this.#property(null, i);
    writeArray(this.#writer, this.#stack.words, base, count);
  }

  /** Writes `value` and puts its slot on the stack; false where JSON stores nothing. */
  #property(value: unknown, key: string | number): boolean {
    const writer = this.#writer;
    if (typeof value === 'string') {
      writer.strings.write(value);
    } else {
      const json = jsonValue(value, key);
      if (json === undefined) return false;
      if (typeof json === 'object' && json !== null) this.container(json);
      else writeScalar(writer, json);
    }
    this.#stack.push(writer.lo, writer.hi);
    return true;
  }
}

function keysWith(keys: Keys, key: string): Keys {
  if (Array.isArray(keys)) {
    keys.push(key);
    return keys;
  }
  return keys.count < SMALL_OBJECT_MAX ? keys.after(key) : [...keys.list(), key];
}
