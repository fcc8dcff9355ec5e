/**
 * The lazy view: what looks like the document, and decodes only what is touched. A container is a Proxy over an empty target that
 * knows where its node lies; scalars come as values. Targets stay extensible and have no fixed properties of their own (but the
 * `length` of arrays, which is writable), so the invariants of Proxy hold whatever the traps say.
 *
 * Children are kept once made: `view.a === view.a`.
 */
import { JsonMmapTypeError } from '../../errors.js';
import { corrupt } from '../corrupt.js';
import { isContainer, isObject, isString, SHARED_LEAF_MAX } from '../layout.js';
import { LongStrings, SHARED_MAX_LENGTH } from './long-strings.js';
import { readScalar } from './materialize.js';
import { arrayIndex, type Reader } from './reader.js';
import { ArrayTarget, ObjectTarget, type ViewSource } from './view-target.js';

/**
 * Returns the lazy view of a slot: a scalar as it is, a container as what looks like a plain object or array and refuses to be written. O(1); then
 * each read costs what it touches, `Object.keys` and spread the whole container. The view stays valid for as long as it is referenced.
 * @throws `ERR_REGION_CORRUPT`, here and from every read of the view
 */
export function viewOf(reader: Reader, lo: number, hi: number): unknown {
  if (!isContainer(hi)) return readScalar(reader, lo, hi);
  // As many slots as a document of this many bytes can have, where each takes a unit and small leaves stand in several places.
  const slotsLeft = reader.end * (SHARED_LEAF_MAX + 1);
  return containerView({ reader, slotsLeft, longStrings: new LongStrings(reader.segment) }, lo, hi, reader.end);
}

function containerView(source: ViewSource, lo: number, hi: number, before: number): object {
  if (isObject(hi)) {
    const target = new ObjectTarget(source, lo, hi, before);
    chargeFor(target);
    return new Proxy(target, objectTraps);
  }
  const target = new ArrayTarget(source, lo, hi, before);
  chargeFor(target);
  return new Proxy(target, arrayTraps);
}

function chargeFor({ source, count }: ObjectTarget | ArrayTarget): void {
  source.slotsLeft -= count + 1;
  if (source.slotsLeft < 0) throw corrupt('subtrees are shared');
}

/** The value of the slot at `word` of a container. */
function childAt(target: ObjectTarget | ArrayTarget, word: number): unknown {
  const { large, made } = target;
  const position = (word - target.slots) >> 1;
  const known = large === undefined ? made[position] : large.get(word);
  if (known !== undefined) return known;
  const { i32 } = target.source.reader.segment;
  const value = makeChild(target, i32[word], i32[word + 1]);
  if (large === undefined) made[position] = value;
  else if (isKept(value)) large.set(word, value);
  return value;
}

function makeChild({ source, unit }: ObjectTarget | ArrayTarget, lo: number, hi: number): unknown {
  if (isContainer(hi)) return containerView(source, lo, hi, unit);
  return isString(hi) ? source.longStrings.read(lo, hi) : readScalar(source.reader, lo, hi);
}

/** Whether a value of a large container is made once: what has an identity, and what `LongStrings` counts. */
function isKept(value: unknown): boolean {
  return typeof value === 'string' ? value.length > SHARED_MAX_LENGTH : typeof value === 'object' && value !== null;
}

/** What is the same for objects and arrays: they cannot be written. */
const refusals = {
  set: refuse,
  deleteProperty: refuse,
  defineProperty: refuse,
  setPrototypeOf: refuse,
  preventExtensions: refuse,
} as const;

function refuse(): never {
  throw new JsonMmapTypeError(
    'ERR_READ_ONLY',
    'a view of the document cannot be changed: use Master.set, patch or update; followers only read',
  );
}

const objectTraps: ProxyHandler<ObjectTarget> = {
  ...refusals,

  get(target, key, receiver) {
    const word = typeof key === 'string' ? target.find(key) : -1;
    return word < 0 ? Reflect.get(Object.prototype, key, receiver) : childAt(target, word);
  },

  has(target, key) {
    return (typeof key === 'string' && target.find(key) >= 0) || key in Object.prototype;
  },

  ownKeys(target) {
    return target.keys() as string[];
  },

  getOwnPropertyDescriptor(target, key) {
    const word = typeof key === 'string' ? target.find(key) : -1;
    return word < 0 ? undefined : entryDescriptor(childAt(target, word));
  },

  getPrototypeOf() {
    return Object.prototype;
  },
};

const arrayTraps: ProxyHandler<ArrayTarget> = {
  ...refusals,

  get(target, key, receiver) {
    if (key === 'length') return target.count;
    const word = elementWord(target, key);
    return word < 0 ? Reflect.get(Array.prototype, key, receiver) : childAt(target, word);
  },

  has(target, key) {
    return elementWord(target, key) >= 0 || key in Array.prototype;
  },

  ownKeys(target) {
    return [...Array.from({ length: target.count }, (_, index) => String(index)), 'length'];
  },

  getOwnPropertyDescriptor(target, key) {
    // The length of an array is writable in the language, and the target's is: the trap must say so, `set` refuses all the same.
    if (key === 'length') return { value: target.count, writable: true, enumerable: false, configurable: false };
    const word = elementWord(target, key);
    return word < 0 ? undefined : entryDescriptor(childAt(target, word));
  },

  getPrototypeOf() {
    return Array.prototype;
  },
};

function elementWord(target: ArrayTarget, key: string | symbol): number {
  return typeof key === 'string' ? target.wordAt(arrayIndex(key)) : -1;
}

/** Configurable, because the target has no such property; a proxy may not say otherwise. */
function entryDescriptor(value: unknown): PropertyDescriptor {
  return { value, writable: false, enumerable: true, configurable: true };
}
