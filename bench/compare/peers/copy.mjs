// A follower that keeps the whole document as plain objects.
import { accessor, valueAt } from '../documents.mjs';

/** Makes the reading half of such a follower; `copy.document` is replaced or changed as news come. */
export function readersOf(copy) {
  return {
    hot(row) {
      const read = accessor([...row.tokens, ...row.field]);
      return () => read(copy.document);
    },
    whole: () => copy.document,
    read: (row) => valueAt(valueAt(copy.document, row.tokens), row.field),
  };
}
