/**
 * Makes the frozen objects of a shape. A shape that is met often gets a generated object literal: the engine then knows the form of
 * the object before it is made, which is several times faster than adding one key after the other. Where code generation from strings is
 * off, the slow way serves for all.
 */
import { arrayIndex } from '../index-key.js';

/** Where the values of an object come from: the slot at `word`, of a node at unit `unit`. */
export interface ValueSource {
  value(word: number, unit: number): unknown;
}

/** Returns an object whose values come from the slots at `word` and behind, of a node at unit `unit`. */
export type Construct = (source: ValueSource, word: number, unit: number) => object;

/** Returns an object whose values are `values[base]` and those behind. */
export type ConstructWide = (values: readonly unknown[], base: number) => object;

/** A list of keys of which objects are made. */
export interface Constructible {
  readonly keys: readonly string[];
  /** Objects made of it so far: tells when a generated constructor pays. */
  uses: number;
  construct: Construct | undefined;
  constructWide: ConstructWide | undefined;
}

/** Compiling a literal costs as much as this many objects made key by key. */
const USES_BEFORE_GENERATION = 256;

/** The same for wide objects: the more keys, the slower is the other way. */
const WIDE_USES_BEFORE_GENERATION = 4;

let mayGenerate = true;

/** Returns the frozen object of a shape with values from the slots at `word` and behind. O(keys). */
export function constructObject(shape: Constructible, source: ValueSource, word: number, unit: number): object {
  if (shape.construct === undefined && ++shape.uses > USES_BEFORE_GENERATION && mayGenerate) {
    shape.construct = generate(shape.keys);
  }
  if (shape.construct !== undefined) return Object.freeze(shape.construct(source, word, unit));
  const object: Record<string, unknown> = {};
  const { keys } = shape;
  for (let i = 0; i < keys.length; i++) setOwn(object, keys[i], source.value(word + i * 2, unit));
  return Object.freeze(object);
}

/** The same for the key list of wide objects, with the values from `values[base]` on. O(keys). */
export function constructWide(shape: Constructible, values: readonly unknown[], base: number): object {
  if (shape.constructWide === undefined && ++shape.uses > WIDE_USES_BEFORE_GENERATION && mayGenerate) {
    shape.constructWide = generateWide(shape.keys);
  }
  if (shape.constructWide !== undefined) return Object.freeze(shape.constructWide(values, base));
  return constructFrom(shape.keys, values, base);
}

/** The same for small objects of which single ones are made. O(keys). */
export function constructLeaf(shape: Constructible, values: readonly unknown[]): object {
  if (shape.constructWide === undefined && ++shape.uses > USES_BEFORE_GENERATION && mayGenerate) {
    shape.constructWide = generateWide(shape.keys);
  }
  if (shape.constructWide !== undefined) return Object.freeze(shape.constructWide(values, 0));
  return constructFrom(shape.keys, values, 0);
}

/** The same for any list of keys, with the values from `values[base]` on. */
export function constructFrom(keys: readonly string[], values: readonly unknown[], base: number): object {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) setOwn(object, keys[i], values[base + i]);
  return Object.freeze(object);
}

/** Where `Object.prototype` is frozen, as by --frozen-intrinsics, a plain assignment to a name that it has, such as `constructor`, fails. */
const prototypeIsFrozen = Object.isFrozen(Object.prototype);

/** Sets an own property, whatever its name: a plain assignment to `__proto__` would change the prototype. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || (prototypeIsFrozen && key in object)) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

function generate(keys: readonly string[]): Construct | undefined {
  const members = keys.map((key, i) => `${nameOf(key)}: source.value(word + ${i * 2}, unit)`);
  return compiled('source', 'word', 'unit', `return { ${members.join(', ')} };`) as Construct | undefined;
}

/**
 * Keys that are array indexes come first. A literal that has a value for each of them takes about twice as long as one that has a constant in their places
 * and a loop that sets them afterwards. The loop is the same for all shapes, and so compiled sooner than one in each literal.
 */
function generateWide(keys: readonly string[]): ConstructWide | undefined {
  const indexes = keys.map(arrayIndex).filter((index) => index >= 0);
  const members = keys.map((key, i) => `${nameOf(key)}: ${i < indexes.length ? '""' : `values[base + ${i}]`}`);
  const make = compiled('values', 'base', `return { ${members.join(', ')} };`) as ConstructWide | undefined;
  if (make === undefined || indexes.length === 0) return make;
  return (values, base) => withIndexes(make(values, base) as Record<number, unknown>, indexes, values, base);
}

function withIndexes(
  object: Record<number, unknown>,
  indexes: readonly number[],
  values: readonly unknown[],
  base: number,
): object {
  for (let i = 0; i < indexes.length; i++) object[indexes[i]] = values[base + i];
  return object;
}

/** A computed key is always an own property; JSON.stringify makes any text a harmless string literal. */
function nameOf(key: string): string {
  return key === '__proto__' ? '["__proto__"]' : JSON.stringify(key);
}

function compiled(...source: string[]): unknown {
  try {
    return new Function(...source);
  } catch {
    mayGenerate = false; // --disallow-code-generation-from-strings
    return undefined;
  }
}
