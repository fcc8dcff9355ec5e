/** Where the values of a document come from: which of the layers that were merged (RFC 7396) has each. */
import { JsonMmapError } from '../errors.js';
import { equalJson } from '../format/equal-json.js';
import { pathOf, type Step } from '../format/places.js';
import { pointerOf, tokensOf } from '../format/pointer.js';
import type { Layer } from '../sources/files.js';
import { isObject } from '../sources/merge.js';

/** Where one value comes from. An array is one value: it is never merged. */
export interface Origin {
  readonly path: string;
  /** The name of the layer; null where none has this value: another process has written it, or the files have changed since. */
  readonly origin: string | null;
}

/** An answer of the control socket has at most a mebibyte. */
const ORIGINS_MAX = 5000;
const CHARACTERS_MAX = 200_000;

/** What a layer has at a place. */
interface Part extends Layer {
  /** In the first layer null is a value; in the others it deletes. */
  readonly isFirst: boolean;
}

/** An object, an array or a scalar of the document, and the objects of layers that are merged there, the last layer first. */
interface Place extends Step {
  readonly value: unknown;
  readonly objects: readonly Part[];
  /** What the objects are merged into, where that is no object: the value of a layer, which they replace; alone, it is the value. */
  readonly base: Part | undefined;
}

/**
 * Returns the origin of the value at `path`, or of each value in the object there, in the order of the document. O(value × layers).
 * @throws `ERR_PATH_NOT_FOUND`, `ERR_PATH_INVALID`; `ERR_TOO_LARGE` for more values than an answer holds
 */
export function originsOf(document: unknown, layers: readonly Layer[], path: string): Origin[] {
  const origins: Origin[] = [];
  let characters = 0;
  const open = [placeAt(document, layers, path)];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (isObject(place.value) && Object.keys(place.value).length > 0) {
      const keys = Object.keys(place.value);
      for (let i = keys.length - 1; i >= 0; i--) open.push(childOf(place, keys[i]));
      continue;
    }
    const origin = { path: pointerOf(pathOf(place)), origin: originOf(place) };
    characters += origin.path.length + (origin.origin?.length ?? 0);
    if (origins.push(origin) > ORIGINS_MAX || characters > CHARACTERS_MAX) throw tooMany(path);
  }
  return origins;
}

function placeAt(document: unknown, layers: readonly Layer[], path: string): Place {
  const newestFirst = layers.map((layer, i): Part => ({ ...layer, isFirst: i === 0 })).reverse();
  const objects = newestFirst.filter(({ value }) => isObject(value));
  let place: Place = {
    value: document,
    key: '',
    parent: undefined,
    objects,
    base: newestFirst.find(({ value }) => !isObject(value)),
  };
  for (const token of tokensOf(path)) {
    const { value } = place;
    if (typeof value !== 'object' || value === null || !isKeyOf(value, token)) throw notThere(path);
    place = Array.isArray(value) ? withinArray(place, token) : childOf(place, token);
  }
  return place;
}

function childOf(parent: Place, key: string): Place {
  const objects: Part[] = [];
  let base: Part | undefined;
  for (const part of parent.objects) {
    if (!isObject(part.value) || !Object.hasOwn(part.value, key)) continue;
    const child = { ...part, value: part.value[key] };
    if (isObject(child.value)) {
      objects.push(child);
      continue;
    }
    if (child.value !== null || part.isFirst) base = child;
    break;
  }
  return { value: (parent.value as Record<string, unknown>)[key], key, parent, objects, base };
}

/** An element comes from where the array comes from, if it is the one of there. */
function withinArray(parent: Place, token: string): Place {
  const { base } = parent;
  const own = base === undefined || !Array.isArray(base.value) ? [] : [{ ...base, value: base.value[Number(token)] }];
  return {
    value: (parent.value as unknown[])[Number(token)],
    key: token,
    parent,
    objects: own.filter((part) => isObject(part.value)),
    base: own.find((part) => !isObject(part.value)),
  };
}

function originOf({ value, objects, base }: Place): string | null {
  if (isObject(value)) return objects[0]?.name ?? null; // it is empty
  return objects.length === 0 && base !== undefined && equalJson(base.value, value) ? base.name : null;
}

/** Not the length of an array. */
function isKeyOf(value: object, token: string): boolean {
  return Object.getOwnPropertyDescriptor(value, token)?.enumerable === true;
}

function notThere(path: string): JsonMmapError {
  return new JsonMmapError('ERR_PATH_NOT_FOUND', `${path} does not exist`);
}

function tooMany(path: string): JsonMmapError {
  return new JsonMmapError(
    'ERR_TOO_LARGE',
    `${path === '' ? 'the document' : path} has more values than an answer can hold`,
    {
      cure: 'ask for a smaller part',
    },
  );
}
