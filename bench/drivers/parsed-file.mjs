// The simplest thing that works: whoever wants the document watches a file, and parses it again whenever it changes.
import { readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const path = () => join(process.env.JSONMMAP_DIR, 'parsed-file', 'document.json');

/** The directory must be there: a file that is replaced has to be watched through it. */
export function watchedDirectory() {
  return dirname(path());
}

/** Writes the file whole: under another name first. */
export function publishFile(text) {
  writeFileSync(`${path()}.new`, text);
  renameSync(`${path()}.new`, path());
}

/** Calls `changed` with the document, now and at each change. */
export function followFile(changed) {
  changed(JSON.parse(readFileSync(path(), 'utf8')));
  watch(dirname(path()), (_event, name) => {
    if (name === 'document.json') changed(JSON.parse(readFileSync(path(), 'utf8')));
  });
}
