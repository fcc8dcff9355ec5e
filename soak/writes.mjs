// Every kind of write that a master has, each expressing the same changes in its own way.

/**
 * @typedef {object} Plan
 * @property {import('./changes.mjs').PartChange[]} changes
 * @property {import('./document.mjs').Seal} seal
 * @property {Record<string, import('./document.mjs').Part>} parts as they will be
 */

/** Writes of several paths: they renew head and tail. @type {Record<string, (master: import('jsonmmap').Master, plan: Plan) => void>} */
export const SEALED_WRITES = {
  write(master, { parts, seal }) {
    master.write({ head: seal, parts, tail: seal });
  },

  patch(master, plan) {
    master.patch(
      editsOf(plan).map(({ op, path, value }) => ({ op, path: pointerOf(path), ...(op !== 'remove' && { value }) })),
    );
  },

  merge(master, { changes, seal }) {
    master.merge({
      head: seal,
      parts: Object.fromEntries(changes.map(({ key, part }) => [key, part ?? null])),
      tail: seal,
    });
  },

  update(master, plan) {
    master.update((draft) => {
      for (const edit of editsOf(plan)) apply(draft, edit);
    });
  },

  transaction(master, plan) {
    master.transaction(() => {
      for (const { op, path, value } of editsOf(plan)) {
        if (op === 'remove') master.delete(path);
        else master.set(path, value);
      }
    });
  },
};

/** Writes of one path: of a plan, those that need no more. */
export function writePart(master, { key, part }) {
  if (part === undefined) master.delete(['parts', key]);
  else master.set(['parts', key], part);
}

function editsOf({ changes, seal }) {
  const sealing = [{ op: 'replace', path: ['head'], value: seal }];
  const closing = [{ op: 'replace', path: ['tail'], value: seal }];
  return [...sealing, ...changes.flatMap(({ edits }) => edits), ...closing];
}

function apply(draft, { op, path, value }) {
  const holder = path.slice(0, -1).reduce((at, token) => at[token], draft);
  const last = path.at(-1);
  if (op !== 'remove') holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(last, 1);
  else delete holder[last];
}

function pointerOf(path) {
  return path.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
