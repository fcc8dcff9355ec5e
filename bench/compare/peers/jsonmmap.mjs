// The product, from the build of this checkout.
import { statSync } from 'node:fs';
import { Follower, Master } from '../../../dist/index.js';
import { accessor, clock, stamp } from '../documents.mjs';

/** Up to so many bytes a program keeps the document as objects, and selects the values of what is larger. */
const WHOLE_BYTES = 2 ** 21;

const pointers = new WeakMap();

/** The pointer of a row's field, made once: a program writes it as a constant. */
function pointerOf(row) {
  let pointer = pointers.get(row);
  if (pointer === undefined) {
    const escaped = [...row.tokens, ...row.field].map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1'));
    pointer = `/${escaped.join('/')}`;
    pointers.set(row, pointer);
  }
  return pointer;
}

export function publish({ directory, name, document }) {
  const master = Master.open(name, { dir: directory, initial: document });
  return {
    set: (row) => void master.set(pointerOf(row), clock()),
    write(row) {
      stamp(document, row);
      master.write(document);
    },
    stored: () => master.sizes().reduce((sum, { path }) => sum + statSync(path).blocks * 512, 0),
    close: () => master.close(),
  };
}

export function follow({ directory, name }) {
  const follower = Follower.open(name, { dir: directory });
  return {
    hot(row) {
      if (follower.status().bytes > WHOLE_BYTES) {
        const selection = follower.select(pointerOf(row));
        return () => selection.value;
      }
      const read = accessor([...row.tokens, ...row.field]);
      return () => read(follower.current);
    },
    whole: () => follower.current,
    read: (row) => follower.get(pointerOf(row)),
    watch: (row, seen) => void follower.select(pointerOf(row)).on('change', ({ value }) => seen(value)),
    close: () => follower.close(),
  };
}
