/**
 * Makes the frozen objects of a shape. A shape that is met often gets a generated object literal: the engine then knows the form of
 * the object before it is made, which is several times faster than adding one key after the other. Where code generation from strings is
 * off, the slow way serves for all.
 */
import type { Shape } from './shape.js';

type Construct = (values: unknown[], base: number) => object;

/** Compiling a literal costs as much as this many objects made key by key. */
const USES_BEFORE_GENERATION = 64;

let mayGenerate = true;

/** Returns the frozen object with the keys of `shape` and the values from `values[base]` on. O(keys). */
export function constructObject(shape: Shape, values: unknown[], base: number): object {
  if (shape.construct !== undefined) return shape.construct(values, base);
  if (++shape.uses > USES_BEFORE_GENERATION && mayGenerate) {
    shape.construct = generate(shape.keys);
    if (shape.construct !== undefined) return shape.construct(values, base);
  }
  return constructFrom(shape.keys, values, base);
}

/** The same for any list of keys, one key after the other. */
export function constructFrom(keys: readonly string[], values: unknown[], base: number): object {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) setOwn(object, keys[i], values[base + i]);
  return Object.freeze(object);
}

/** Sets an own property, whatever its name: a plain assignment to `__proto__` would change the prototype. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

function generate(keys: readonly string[]): Construct | undefined {
  // A computed key is always an own property; JSON.stringify makes any text a harmless string literal.
  const members = keys.map((key, i) => `${key === '__proto__' ? '["__proto__"]' : JSON.stringify(key)}: v[b + ${i}]`);
  try {
    return new Function('freeze', `return (v, b) => freeze({ ${members.join(', ')} });`)(Object.freeze) as Construct;
  } catch {
    mayGenerate = false; // --disallow-code-generation-from-strings
    return undefined;
  }
}
