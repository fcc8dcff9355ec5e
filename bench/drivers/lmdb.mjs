// lmdb, the fastest store of its kind for Node: string keys, MessagePack with shared structures, as its README recommends.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';

/**
 * Opens a database in the directory of this trial and fills it.
 * @param {string} name
 * @param {Iterable<[key: string, value: unknown]>} entries
 * @param {{ cached?: boolean }} [options] `cached`: keep decoded values, and ask the store at each get whether they still hold, which is
 *   what its README advises where several processes write and read
 */
export async function openLmdb(name, entries, { cached = false } = {}) {
  const path = join(process.env.JSONMMAP_DIR, `lmdb-${name}`);
  mkdirSync(path);
  const database = open({
    path,
    sharedStructuresKey: Symbol.for('structures'),
    cache: cached && { validated: true },
  });
  await database.transaction(() => {
    for (const [key, value] of entries) database.put(key, value);
  });
  await database.flushed;
  return database;
}
