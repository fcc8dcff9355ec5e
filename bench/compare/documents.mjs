// The documents, and how a store of keys and values holds each: one row for every value at a depth of one or two.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDictionary } from '../documents/dictionary.mjs';
import { textOf as textOfPackage } from '../documents/index.mjs';
import { randomNumbers } from '../documents/random.mjs';

/**
 * What a document is called, how deep its rows lie, which of them are read and updated, and which field of such a row.
 * The sizes of `users-…` are a series: the same kind of document, ten times as large each time.
 */
export const documents = {
  flags: { title: 'flags, 4 KB', depth: 2, within: 'flags', field: ['rollout'] },
  'users-10k': users('10 KB', 30),
  'users-100k': users('100 KB', 300),
  'users-1m': users('1 MB', 3000),
  'users-10m': users('10 MB', 30_000),
  'users-100m': users('100 MB', 300_000),
  compat: { title: 'browser-compat data, 20 MB', depth: 2, within: 'api', field: ['__compat', 'status', 'deprecated'] },
  cities: { title: 'cities, 17 MB', depth: 1, within: undefined, field: ['lat'] },
};

function users(size, entries) {
  return { title: `users, ${size}`, depth: 2, within: 'users', field: ['score'], entries };
}

/** Writes the texts of all documents into a directory; returns the bytes of each. */
export function prepareDocuments(directory) {
  const dictionary = makeDictionary();
  const everybody = Object.entries(dictionary.users);
  const firstUsers = (count) => {
    const users = Object.fromEntries(everybody.slice(0, count));
    return JSON.stringify({ meta: { ...dictionary.meta, entries: count }, users });
  };
  const sizes = {};
  for (const [name, { entries }] of Object.entries(documents)) {
    const text = entries ? firstUsers(entries) : textOfPackage(name === 'compat' ? 'compat data' : name);
    writeFileSync(textPath(directory, name), text);
    sizes[name] = Buffer.byteLength(text);
  }
  return sizes;
}

export function textPath(directory, name) {
  return join(directory, `${name}.json`);
}

/**
 * The rows that are read and updated, in a random order that is the same in every run.
 * @returns {{ tokens: string[], field: string[] }[]} at most `most` of them
 */
export function rowsOf(name, document, most = 100_000) {
  const { within, field } = documents[name];
  const container = within === undefined ? document : document[within];
  const rows = Object.keys(container)
    .filter((key) => valueAt(container[key], field) !== undefined)
    .map((key) => ({ tokens: within === undefined ? [key] : [within, key], field }));
  return shuffle(rows).slice(0, most);
}

function shuffle(list) {
  const random = randomNumbers(5);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** The document as rows of a store: `[key, value]`. */
export function* entriesOf(name, document) {
  const { depth } = documents[name];
  for (const [key, value] of Object.entries(document)) {
    if (depth === 1 || typeof value !== 'object' || value === null) yield [key, value];
    else for (const [inner, row] of Object.entries(value)) yield [`${key}/${inner}`, row];
  }
}

/** The document of such rows again, in any order, `{ key, value }` each. */
export function documentOf(name, rows) {
  const isList = documents[name].depth === 1;
  const document = isList ? [] : {};
  for (const { key, value } of rows) {
    const at = isList ? -1 : key.indexOf('/');
    if (at < 0) {
      document[key] = value;
      continue;
    }
    const outer = key.slice(0, at);
    document[outer] ??= {};
    document[outer][key.slice(at + 1)] = value;
  }
  return document;
}

/** The key that `entriesOf` gives a row. */
export const keyOfRow = ({ tokens }) => tokens.join('/');

/** The value at a path of plain objects, undefined where there is none. */
export function valueAt(value, tokens) {
  for (const token of tokens) value = value?.[token];
  return value;
}

/** The machine's monotonic clock in nanoseconds, the same in all processes. */
export const clock = () => Number(process.hrtime.bigint());

/** Stores the clock in the field of a row of a plain document; returns the changed row. */
export function stamp(document, { tokens, field }) {
  const row = valueAt(document, tokens);
  valueAt(row, field.slice(0, -1))[field.at(-1)] = clock();
  return row;
}

/** A function that reads a path of plain objects as source text would: `document["flags"]["a"]["rollout"]`. */
export function accessor(tokens) {
  return new Function('value', `return value${tokens.map((token) => `[${JSON.stringify(token)}]`).join('')}`);
}
