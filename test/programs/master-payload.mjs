// A document that is known from its counter alone, which is also its version: whatever else a reader sees is torn, lost or invented.

const PARTS = 6;
const ROWS = 90;
const NAMES = 70;
const PAD_EVERY = 3;
const PAD_REPEATS = 40_000;

/** The counter at which the thing of this number was last changed: each write changes those of one remainder. */
const changedAt = (counter, number, of) => Math.max(1, counter - ((((counter - number) % of) + of) % of));

function partAt(number, counter) {
  const c = changedAt(counter, number, PARTS);
  return {
    c,
    text: `part ${number} of ${c}; `.repeat(3 + (c % 5)),
    list: Array(5 + (c % 40)).fill(c),
    deep: { deeper: [{ c }] },
  };
}

const rowAt = (number, counter) => ({ number, c: changedAt(counter, number, ROWS) });
const nameAt = (number, counter) => `name ${number} of ${changedAt(counter, number, NAMES)}`;
const padAt = (counter) => `${changedAt(counter, 0, PAD_EVERY)} `.repeat(PAD_REPEATS);

/** Returns the document of version `counter`. */
export function documentAt(counter) {
  return {
    counter,
    parts: Object.fromEntries(Array.from({ length: PARTS }, (_, i) => [`part${i}`, partAt(i, counter)])),
    rows: Array.from({ length: ROWS }, (_, i) => rowAt(i, counter)),
    names: Object.fromEntries(Array.from({ length: NAMES }, (_, i) => [`name${i}`, nameAt(i, counter)])),
    pad: padAt(counter),
    tail: counter,
  };
}

/** What is wrong with `document` as the one of `version`; undefined when nothing is. */
export function faultOf(document, version) {
  if (document?.counter !== version) return `version ${version} has the counter ${document?.counter}`;
  return JSON.stringify(document) === JSON.stringify(documentAt(version)) ? undefined : `version ${version} is torn`;
}

/** The same at a glance: a few values, read by `get`; `turn` chooses which. */
export function faultAt(get, version, turn) {
  const [part, row, name] = [turn % PARTS, turn % ROWS, turn % NAMES];
  const expected = [
    ['/counter', version],
    ['/tail', version],
    [`/parts/part${part}/c`, changedAt(version, part, PARTS)],
    [`/parts/part${part}/deep/deeper/0/c`, changedAt(version, part, PARTS)],
    [`/rows/${row}`, rowAt(row, version)],
    [`/names/name${name}`, nameAt(name, version)],
  ];
  const wrong = expected.find(([path, value]) => JSON.stringify(get(path)) !== JSON.stringify(value));
  return wrong && `version ${version} is torn at ${wrong[0]}`;
}

/** What the write to `counter` changes, as paths and values. */
function changesTo(counter) {
  const [part, row, name] = [counter % PARTS, counter % ROWS, counter % NAMES];
  return [
    ['/counter', counter],
    [`/parts/part${part}`, partAt(part, counter)],
    [`/rows/${row}`, rowAt(row, counter)],
    [`/names/name${name}`, nameAt(name, counter)],
    ...(counter % PAD_EVERY === 0 ? [['/pad', padAt(counter)]] : []),
    ['/tail', counter],
  ];
}

const nested = (path, value) =>
  path
    .split('/')
    .slice(1)
    .reduceRight((inner, token) => ({ [token]: inner }), value);

function assign(draft, path, value) {
  const tokens = path.split('/').slice(1);
  const holder = tokens.slice(0, -1).reduce((at, token) => at[token], draft);
  holder[tokens.at(-1)] = value;
}

/** Every way to write. */
const ways = [
  (master, counter) => master.write(documentAt(counter)),
  (master, counter) => master.patch(changesTo(counter).map(([path, value]) => ({ op: 'replace', path, value }))),
  (master, counter) =>
    master.transaction(() => {
      for (const [path, value] of changesTo(counter)) master.set(path, value);
    }),
  (master, counter) =>
    master.update((draft) => {
      for (const [path, value] of changesTo(counter)) assign(draft, path, value);
    }),
  // An array cannot be merged into: its rows are set in the same transaction.
  (master, counter) =>
    master.transaction(() => {
      for (const [path, value] of changesTo(counter)) {
        if (path.startsWith('/rows')) master.set(path, value);
        else master.merge(nested(path, value));
      }
    }),
  (master, counter) =>
    master.transaction(() => {
      master.delete('/tail');
      master.delete('/rows/89');
      for (const [path, value] of changesTo(counter)) if (path !== '/rows/89') master.set(path, value);
      master.set('/rows/-', rowAt(89, counter));
    }),
];

/** Publishes the next version in the way whose turn it is, and returns it. */
export function publishNext(master) {
  const counter = master.version + 1;
  if (counter === 1) master.write(documentAt(1));
  else ways[counter % ways.length](master, counter);
  return master.version;
}
