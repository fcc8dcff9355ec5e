/**
 * The lazy view: what looks like the document, and decodes only what is touched. A container is a Proxy over an empty target that
 * knows where its node lies; scalars come as values. Targets stay extensible and have no fixed properties of their own (but the
 * `length` of arrays, which is writable), so the invariants of Proxy hold whatever the traps say.
 *
 * `view.a === view.a`: children are kept once made. A large container, of which a program may touch one entry after the other for months,
 * keeps those that were asked for last.
 */
import { JsonMmapTypeError } from '../../errors.js';
import { arrayIndex } from '../index-key.js';
import { isContainer, isObject, isString } from '../layout.js';
import { isSharable } from './budget.js';
import type { Reader } from './reader.js';
import { readScalar } from './scalar.js';
import { ViewBudget } from './view-budget.js';
import { ArrayTarget, ObjectTarget, type Target, type ViewLease, ViewSource } from './view-target.js';

/** Children that a large container keeps. */
const RECENT_MAX = 64;

/**
 * Returns the lazy view of a slot: a scalar as it is, a container as what looks like a plain object or array and refuses to be written. O(1); then
 * each read costs what it touches, `Object.keys` and spread the whole container.
 * @param lease Kept by each part of the view; once it has ended, what was not read before cannot be read any more.
 * @throws `ERR_REGION_CORRUPT`, here and from every read of the view
 */
export function viewOf(reader: Reader, lo: number, hi: number, lease?: ViewLease): unknown {
  if (!isContainer(hi)) return readScalar(reader, lo, hi);
  const source = new ViewSource(reader, new ViewBudget(reader), lease);
  return containerView(source, lo, hi, reader.end, OUTSIDE);
}

/** The word of the slot that names the root: none. */
const OUTSIDE = -1;

function containerView(source: ViewSource, lo: number, hi: number, before: number, word: number): object {
  const { budget, reader } = source;
  const known = budget.find(lo, word);
  if (known !== undefined) return known;
  const target = isObject(hi) ? new ObjectTarget(source, lo, hi, before) : new ArrayTarget(source, lo, hi, before);
  budget.take(target.count, source.kept);
  const view = target instanceof ObjectTarget ? new Proxy(target, objectTraps) : new Proxy(target, arrayTraps);
  if (budget.keepsAll) {
    const sharable = target.large === undefined && isSharable(reader.segment.i32, target.slots, target.count);
    budget.keep(lo, { word, sharable, view });
  }
  return view;
}

/** The value of the slot at `word` of a container. */
function childAt(target: ObjectTarget | ArrayTarget, word: number): unknown {
  const { source, unit, large, made } = target;
  if (large !== undefined) return childOfLarge(target, large, word);
  const position = (word - target.slots) >> 1;
  made[position] ??= makeChild(source, unit, word);
  return made[position];
}

function childOfLarge({ source, unit }: Target, recent: Map<number, object>, word: number): unknown {
  const known = recent.get(word);
  if (known !== undefined) return known;
  const child = makeChild(source.passing, unit, word);
  if (typeof child !== 'object' || child === null) return child;
  recent.set(word, child);
  if (recent.size > RECENT_MAX && !source.budget.keepsAll) forgetOldest(recent);
  return child;
}

function forgetOldest(recent: Map<number, object>): void {
  for (const word of recent.keys()) {
    recent.delete(word);
    return;
  }
}

function makeChild(source: ViewSource, before: number, word: number): unknown {
  const { reader, budget } = source;
  const [lo, hi] = [reader.segment.i32[word], reader.segment.i32[word + 1]];
  if (isContainer(hi)) return containerView(source, lo, hi, before, word);
  return isString(hi) ? budget.strings.read(lo, hi) : readScalar(reader, lo, hi);
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
  throw new JsonMmapTypeError('ERR_READ_ONLY', 'a view of the document cannot be changed', {
    cure: 'use Master.set, patch or update; followers only read',
  });
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
    const keys = Array.from({ length: target.checkedCount() }, (_, index) => String(index));
    keys.push('length');
    return keys;
  },

  getOwnPropertyDescriptor(target, key) {
    // The length of an array is writable in the language, and the target's is: the trap must say so, and `set` still refuses.
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
