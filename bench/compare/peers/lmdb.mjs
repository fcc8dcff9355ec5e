// lmdb-js: MessagePack values whose structures are shared, as its README recommends.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { accessor, documentOf, entriesOf, keyOfRow, stamp, valueAt } from '../documents.mjs';
import { poll } from './poll.mjs';

const openStore = (directory, options) =>
  open({ path: join(directory, 'lmdb'), sharedStructuresKey: Symbol.for('structures'), ...options });

export function publish({ directory, name, document }) {
  const store = openStore(directory);
  const putAll = () =>
    store.transactionSync(() => {
      for (const [key, value] of entriesOf(name, document)) store.put(key, value);
    });
  putAll();
  return {
    set: (row) => void store.putSync(keyOfRow(row), stamp(document, row)),
    write(row) {
      stamp(document, row);
      putAll();
    },
    stored: () => statSync(join(directory, 'lmdb', 'data.mdb')).blocks * 512,
    close: () => store.close(),
  };
}

export function follow({ directory, name }) {
  const store = openStore(directory, { readOnly: true });
  return {
    hot(row) {
      const cached = openStore(directory, { readOnly: true, cache: { validated: true } });
      const [key, read] = [keyOfRow(row), accessor(row.field)];
      return () => read(cached.get(key));
    },
    whole: () => documentOf(name, store.getRange()),
    read: (row) => valueAt(store.get(keyOfRow(row)), row.field),
    watch(row, seen) {
      const [key, read] = [keyOfRow(row), accessor(row.field)];
      poll(() => read(store.get(key)), seen);
    },
    close: () => store.close(),
  };
}
