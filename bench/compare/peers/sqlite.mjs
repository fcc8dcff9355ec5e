// better-sqlite3 in WAL mode: readers never wait for the writer.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { accessor, documentOf, entriesOf, keyOfRow, stamp, valueAt } from '../documents.mjs';
import { poll } from './poll.mjs';

const MAPPED_BYTES = 2 ** 30;

function openDatabase(directory, options) {
  const database = new Database(join(directory, 'rows.sqlite'), options);
  database.pragma(`mmap_size = ${MAPPED_BYTES}`);
  return database;
}

export function publish({ directory, name, document }) {
  const database = openDatabase(directory);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec('CREATE TABLE rows (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID');
  const put = database.prepare('INSERT INTO rows VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const update = database.prepare('UPDATE rows SET value = ? WHERE key = ?');
  const putAll = database.transaction(() => {
    for (const [key, value] of entriesOf(name, document)) put.run(key, JSON.stringify(value));
  });
  putAll();
  return {
    set: (row) => void update.run(JSON.stringify(stamp(document, row)), keyOfRow(row)),
    write(row) {
      stamp(document, row);
      putAll();
    },
    stored: () => readdirSync(directory).reduce((sum, file) => sum + statSync(join(directory, file)).blocks * 512, 0),
    close: () => database.close(),
  };
}

export function follow({ directory, name }) {
  const database = openDatabase(directory, { readonly: true });
  const value = database.prepare('SELECT value FROM rows WHERE key = ?').pluck();
  const version = database.prepare('PRAGMA data_version').pluck();
  const read = (row) => valueAt(JSON.parse(value.get(keyOfRow(row))), row.field);
  return {
    hot(row) {
      const field = accessor(row.field);
      let [parsed, parsedVersion] = [undefined, -1];
      return () => {
        const newest = version.get();
        if (newest !== parsedVersion) {
          parsed = JSON.parse(value.get(keyOfRow(row)));
          parsedVersion = newest;
        }
        return field(parsed);
      };
    },
    whole: () => documentOf(name, parsedRows(database)),
    read,
    watch: (row, seen) =>
      poll(
        () => version.get(),
        () => seen(read(row)),
      ),
    close: () => database.close(),
  };
}

function* parsedRows(database) {
  for (const { key, value } of database.prepare('SELECT key, value FROM rows').iterate()) {
    yield { key, value: JSON.parse(value) };
  }
}
