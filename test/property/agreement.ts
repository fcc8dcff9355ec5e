/** Whether everything that can be read of an encoded value agrees with what `JSON.parse(JSON.stringify(value))` gives. */

import { isContainer, Tag, tagOf } from '../../src/format/layout.js';
import { plainLeaf } from '../../src/format/read/leaf.js';
import { materialize } from '../../src/format/read/materialize.js';
import type { Reader } from '../../src/format/read/reader.js';
import { readScalar } from '../../src/format/read/scalar.js';
import { viewOf } from '../../src/format/read/view.js';
import { verify } from '../../src/format/verify/verify.js';
import { encode } from '../../src/format/write/encode.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from '../unit/memory-segment.js';

type Container = Record<string, unknown> | unknown[];

/** Throws where a reader of `value` sees something else than JSON would, or `encode` takes what JSON refuses. */
export function expectAgreement(value: unknown): void {
  const writer = new Writer(new MemorySegment());
  const json = attempt(() => JSON.stringify(value) as string | undefined);
  const stored = attempt(() => encode(writer, value));
  if ('error' in json || 'error' in stored) {
    if (String(json.error) !== String(stored.error))
      throw difference('error', '', String(stored.error), String(json.error));
  } else if (stored.result !== (json.result !== undefined)) {
    throw difference('stored', '', stored.result, json.result);
  } else if (json.result !== undefined) {
    expectReads(writer, JSON.parse(json.result));
  }
}

function attempt<T>(call: () => T): { result: T; error?: never } | { error: unknown; result?: never } {
  try {
    return { result: call() };
  } catch (error) {
    return { error };
  }
}

/** Throws where what `writer` wrote last does not read as `plain`. */
export function expectReads(writer: Writer, plain: unknown): void {
  const { lo, hi, reader } = writer;
  writer.finish();
  expectSame(materialize(reader, lo, hi), plain, 'frozen');
  expectSame(viewOf(reader, lo, hi), plain, 'view');
  expectPointReads(reader, lo, hi, plain);
  const { problems, liveBytes } = verify(reader.segment, lo, hi);
  if (problems.length > 0) throw new Error(`verify: ${problems.join('; ')}`);
  if (liveBytes > reader.segment.limit - 64) throw new Error(`verify counts ${liveBytes} bytes`);
}

/** Compares two values, key order included, on an explicit stack: the depth of a document has no limit here. */
function expectSame(actual: unknown, expected: unknown, how: 'frozen' | 'view'): void {
  const pairs: [unknown, unknown, string][] = [[actual, expected, '']];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [left, right, path] = pair;
    if (!isObject(right)) {
      if (!Object.is(left, right)) throw difference(how, path, left, right);
      continue;
    }
    if (!isObject(left) || Array.isArray(left) !== Array.isArray(right)) throw difference(how, path, left, right);
    if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) throw difference(how, path, 'prototype', '');
    if (how === 'frozen' && !Object.isFrozen(left)) throw difference(how, path, 'not frozen', '');
    const keys = Reflect.ownKeys(right) as string[];
    if (!sameList(Reflect.ownKeys(left), keys)) throw difference(how, path, Reflect.ownKeys(left), keys);
    for (const key of keys) pairs.push([own(left, key), own(right, key), path.length < 200 ? `${path}/${key}` : path]);
  }
}

/** Compares what `Reader.child`, `childPart` and `sizeOf` find along every path, and objects made alone. */
function expectPointReads(reader: Reader, rootLo: number, rootHi: number, plain: unknown): void {
  const waiting: [number, number, unknown][] = [[rootLo, rootHi, plain]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [lo, hi, expected] = next;
    if (!isObject(expected)) {
      const actual = isContainer(hi) ? 'a container' : readScalar(reader, lo, hi);
      if (!Object.is(actual, expected)) throw difference('read', '', actual, expected);
      continue;
    }
    const keys = Object.keys(expected);
    if (reader.sizeOf(lo, hi) !== keys.length) throw difference('size', '', reader.sizeOf(lo, hi), keys.length);
    for (const absent of ['-', '-1', '00', `${keys.length}`, 'absent', '__proto__']) {
      if (!Object.hasOwn(expected, absent) && reader.child(lo, hi, absent) >= 0)
        throw difference('has', absent, true, false);
      if (!Object.hasOwn(expected, absent) && partOf(reader, lo, hi, absent) >= 0)
        throw difference('has in a pointer', absent, true, false);
    }
    const leaf = tagOf(hi) === Tag.OBJECT ? plainLeaf(reader, lo) : undefined;
    if (leaf !== undefined) expectSame(leaf, expected, 'frozen');
    for (const key of keys) {
      const word = reader.child(lo, hi, key);
      if (word < 0) throw difference('read', key, 'nothing', own(expected, key));
      if (partOf(reader, lo, hi, key) !== word) throw difference('read in a pointer', key, 'another', 'the same');
      waiting.push([reader.segment.i32[word], reader.segment.i32[word + 1], own(expected, key)]);
    }
  }
}

/** What `key` names as a part of a longer text. */
function partOf(reader: Reader, lo: number, hi: number, key: string): number {
  return reader.childPart(lo, hi, `/x/${key}/y`, 3, 3 + key.length);
}

function isObject(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function own(container: Container, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function difference(how: string, path: string, left: unknown, right: unknown): Error {
  return new Error(`${how} at ${JSON.stringify(path)}: ${shown(left)} instead of ${shown(right)}`);
}

function shown(value: unknown): string {
  const text = isObject(value)
    ? `${Array.isArray(value) ? 'array' : 'object'} of ${Object.keys(value).length}`
    : String(JSON.stringify(value));
  return text.length > 100 ? `${text.slice(0, 100)}… (${text.length})` : text;
}
