// Writes that must be refused, with the code of their error; nothing of them may ever be seen.

/** A document that the schema of a master does not pass. */
export const REFUSED_KEY = 'refused';

/** @type {[code: string, write: (master: import('jsonmmap').Master) => void][]} */
export const REFUSALS = [
  ['ERR_SCHEMA', (master) => master.set([REFUSED_KEY], true)],
  ['ERR_SCHEMA', (master) => master.merge({ head: { version: 0 }, [REFUSED_KEY]: [1, 2, 3] })],
  ['ERR_NOT_SERIALIZABLE', (master) => master.set('/head', { version: 1n })],
  ['ERR_PATH_NOT_FOUND', (master) => master.delete('/parts/there is no such part')],
  [
    'ERR_PATH_NOT_FOUND',
    (master) =>
      master.patch([
        { op: 'remove', path: '/tail' },
        { op: 'remove', path: '/tail' },
      ]),
  ],
  [
    'ERR_PATCH_TEST_FAILED',
    (master) =>
      master.patch([
        { op: 'replace', path: '/head', value: 1 },
        { op: 'test', path: '/tail', value: 1 },
      ]),
  ],
  [
    'given up',
    (master) =>
      master.transaction(() => {
        master.write({ torn: 'x'.repeat(3000) });
        master.set('/more', 1);
        giveUp();
      }),
  ],
  [
    'given up',
    (master) =>
      master.update((draft) => {
        draft.head.version = -1;
        delete draft.parts;
        giveUp();
      }),
  ],
];

function giveUp() {
  throw Object.assign(new Error('given up'), { code: 'given up' });
}
