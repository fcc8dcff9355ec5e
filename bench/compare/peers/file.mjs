// The simplest thing that works: a JSON file, replaced whole, and a watcher in each process that parses it again.
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { stamp, valueAt } from '../documents.mjs';
import { readersOf } from './copy.mjs';

const pathIn = (directory) => join(directory, 'document.json');

/** chokidar leaves out, for good, what changes within 50 ms of the event before: https://github.com/paulmillr/chokidar, `_throttle`. */
export const pauseMs = 60;

export function publish({ directory, document }) {
  const path = pathIn(directory);
  const write = () => {
    writeFileSync(`${path}.new`, JSON.stringify(document));
    renameSync(`${path}.new`, path);
  };
  const change = (row) => {
    stamp(document, row);
    write();
  };
  write();
  return { set: change, write: change, stored: () => statSync(path).blocks * 512, close: () => {} };
}

export function follow({ directory }) {
  const path = pathIn(directory);
  const parse = () => JSON.parse(readFileSync(path, 'utf8'));
  const copy = { document: parse() };
  let watcher;
  return {
    ...readersOf(copy),
    async watch(row, seen) {
      // The directory, because the file is replaced; `atomic` would wait for 100 ms in case a file that went comes back.
      watcher = watchFiles(directory, { atomic: false, ignoreInitial: true, depth: 0 });
      await new Promise((ready) => watcher.once('ready', ready));
      watcher.on('all', (_event, changed) => {
        if (changed !== path) return;
        copy.document = parse();
        seen(valueAt(valueAt(copy.document, row.tokens), row.field));
      });
    },
    close: () => watcher?.close(),
  };
}
