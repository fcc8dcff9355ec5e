/** What every write should do, said slowly and obviously on plain values. */
import { type Path, tokensOf } from '../../../src/format/pointer.js';
import type { JsonPatch } from '../../../src/index.js';

type Container = Record<string, unknown> | unknown[];

/** What a value is after it went through JSON, as the property `key` of its holder. */
export function json(value: unknown, key = ''): unknown {
  return own(JSON.parse(JSON.stringify(Object.fromEntries([[key, value]]))), key);
}

export function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** An own property, whatever its name; undefined where there is none. */
export function own(container: Container, key: string): unknown {
  return Object.getOwnPropertyDescriptor(container, key)?.value;
}

/** Sets an own property, whatever its name. */
export function put(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Whether `token` names an element of `array`. */
export function isIndex(array: unknown[], token: string): boolean {
  return /^(0|[1-9]\d*)$/.test(token) && Number(token) < array.length;
}

/** Whether `token` names something in `value`. */
function leads(value: unknown, token: string): value is Container {
  return Array.isArray(value) ? isIndex(value, token) : isContainer(value) && Object.hasOwn(value, token);
}

/** Returns what stands at `path`; undefined where nothing does. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const token of tokensOf(path)) {
    if (!leads(value, token)) return undefined;
    value = own(value, token);
  }
  return value;
}

/** `Master.set` on a copy of `document`. */
export function set(document: unknown, path: Path, value: unknown): unknown {
  const tokens = tokensOf(path);
  if (tokens.length === 0) return json(value);
  const copy = (document === undefined ? {} : structuredClone(document)) as unknown;
  let at = copy;
  tokens.forEach((token, i) => {
    if (!isContainer(at)) throw new Error('no container');
    const last = i === tokens.length - 1;
    if (Array.isArray(at) && !isIndex(at, token)) {
      if (token !== '-' && token !== String(at.length)) throw new Error('beyond the array');
      at.push(last ? json(value, token) : {});
      at = at.at(-1);
    } else {
      if (last) put(at, token, json(value, token));
      else if (!leads(at, token)) put(at, token, {});
      at = own(at, token);
    }
  });
  return copy;
}

export function pointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** RFC 6902 on a copy of `document`. */
export function applyPatch(document: unknown, operations: JsonPatch): unknown {
  let copy = structuredClone(document);
  for (const operation of operations) copy = applyOperation(copy, operation);
  return copy;
}

function applyOperation(document: unknown, operation: JsonPatch[number]): unknown {
  const path = tokensOf(operation.path);
  switch (operation.op) {
    case 'add':
      return add(document, path, structuredClone(operation.value));
    case 'remove':
      taken(document, path);
      return document;
    case 'replace':
      if (path.length === 0) return structuredClone(operation.value);
      put(parent(document, path, true), path.at(-1) as string, structuredClone(operation.value));
      return document;
    case 'move': {
      const from = tokensOf(operation.from);
      if (from.length < path.length && from.every((token, i) => token === path[i])) throw new Error('into itself');
      if (operation.from === operation.path) {
        if (path.length > 0) parent(document, path, true);
        return document;
      }
      return add(document, path, taken(document, from));
    }
    case 'copy': {
      const from = tokensOf(operation.from);
      if (from.length > 0) parent(document, from, true);
      return add(document, path, structuredClone(valueAt(document, from)));
    }
    case 'test':
      if (path.length > 0) parent(document, path, true);
      if (!equal(valueAt(document, path), operation.value)) throw new Error('test failed');
      return document;
  }
}

function add(document: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const container = parent(document, path, false);
  const token = path.at(-1) as string;
  if (!Array.isArray(container)) put(container, token, value);
  else container.splice(token === '-' ? container.length : Number(token), 0, value);
  return document;
}

/** Removes what stands at `path`, and returns it. */
function taken(document: unknown, path: readonly string[]): unknown {
  const container = parent(document, path, true);
  const token = path.at(-1) as string;
  const value = own(container, token);
  if (Array.isArray(container)) container.splice(Number(token), 1);
  else delete container[token];
  return value;
}

/** The container that the last token of `path` belongs to; what it names must be there, or could be added. */
function parent(document: unknown, path: readonly string[], exists: boolean): Container {
  if (path.length === 0) throw new Error('the document has no parent');
  const token = path.at(-1) as string;
  const container = valueAt(document, path.slice(0, -1));
  if (!isContainer(container)) throw new Error('no parent');
  if (exists && !leads(container, token)) throw new Error('nothing there');
  if (!exists && Array.isArray(container) && token !== '-' && token !== String(container.length)) {
    if (!isIndex(container, token)) throw new Error('no index');
  }
  return container;
}

/** RFC 6902, 4.6: numbers by value, objects whatever the order of their keys. */
function equal(a: unknown, b: unknown): boolean {
  if (!isContainer(a) || !isContainer(b)) return a === b;
  const keys = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(own(a, key), own(b, key)));
}

/** RFC 7396, section 2, as it stands there. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isContainer(patch) || Array.isArray(patch)) return patch;
  const result = isContainer(target) && !Array.isArray(target) ? structuredClone(target) : {};
  for (const key of Object.keys(patch)) {
    const value = own(patch, key);
    if (value === null) delete result[key];
    else put(result, key, mergePatch(own(result, key), value));
  }
  return result;
}
