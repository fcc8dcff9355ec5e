// The tables: what each measure is called, where its values come from, and how they read.
import { documents } from '../documents.mjs';

/**
 * @typedef {object} Measure
 * @property {string} title
 * @property {string} what one sentence below the title
 * @property {string} why for what reason another one can be better
 * @property {'ns' | 'bytes'} unit
 * @property {{ label: string, kind: string, name: string, followers: number, metric: string }[]} rows
 */

/** From small to large. */
const BY_SIZE = ['flags', 'users-10k', 'users-100k', 'users-1m', 'users-10m', 'cities', 'compat', 'users-100m'];

const perDocument = (metric) =>
  BY_SIZE.map((name) => ({ label: documents[name].title, kind: 'alone', name, followers: 1, metric }));

/** One row for each number of followers that was measured: one of them from the trials of one follower. */
function perCrowd(results, name, metric) {
  const counts = results.trials.filter((trial) => trial.kind === 'together' && trial.name === name);
  const rows = [...new Set(counts.map(({ followers }) => followers))].map((followers) => ({
    label: `${documents[name].title}, ${followers} follower${followers === 1 ? '' : 's'}`,
    kind: 'together',
    name,
    followers,
    metric,
  }));
  if (rows.length === 0 || metric === 'proportionalBytes' || rows[0].followers === 1) return rows;
  return [{ ...rows[0], label: `${documents[name].title}, 1 follower`, kind: 'alone', followers: 1 }, ...rows];
}

/** @returns {Measure[]} */
export function measures(results) {
  return [
    {
      title: 'Hot read',
      why: 'A copy of the document in the heap of the process is one load away, and nothing checks whether it is still the newest. jsonmmap loads the version word from shared memory at each read, and finds a selected value behind a private field. This shows in a loop that does nothing else.',
      what: 'One field of one row, read again and again; always the newest value that the process can know of.',
      unit: 'ns',
      rows: perDocument('hotNs'),
    },
    {
      title: 'Random point read',
      why: 'A property of a JavaScript object in the heap is a hash lookup with an interned key. In shared memory the path is hashed and compared, some ten dependent loads each miss the caches, and the value becomes a new JavaScript object. The others pay for their speed at each change, and in memory: each process keeps a whole copy.',
      what: 'One field of a random row of up to 100,000. Redis asks its server for rows that it has not read before.',
      unit: 'ns',
      rows: perDocument('randomNs'),
    },
    {
      title: 'One-key update',
      why: '`process.send` is done when the kernel has a message with one row. It stores nothing that another process could open.',
      what: 'Until a follower that looks sees it; one follower has the document open. `process.send` is done when the message is handed over.',
      unit: 'ns',
      rows: perDocument('setNs'),
    },
    {
      title: 'Whole-document update',
      why: "Peers that publish text write it with one call of the engine's own serializer. jsonmmap compares each value with its predecessor, so that followers learn what changed and read only that again.",
      what: 'One value of the document has changed, and the publisher is not told which.',
      unit: 'ns',
      rows: perDocument('writeNs'),
    },
    {
      title: 'Publish to visible, p50',
      why: 'lmdb, SQLite, mmap-io and Python poll every millisecond. Their followers stay awake with warm caches, and use the processor even while nothing changes. `process.send` writes one message into one socket. A follower of jsonmmap sleeps. It is woken twice, first the thread that waits for the wake word and then the event loop, and it reads a tree with cold caches.',
      what: 'From before a one-key update to the callback of a follower that has read the new value. lmdb, SQLite, mmap-io and Python look every millisecond.',
      unit: 'ns',
      rows: perDocument('visibleNs'),
    },
    {
      title: 'Publish to visible, many followers, p50',
      why: 'All followers become runnable at the same instant and share the processors of the machine, so the median is half of the time that all of them need. Followers that poll every millisecond are spread over that millisecond, but cost processor time even when nothing changes.',
      what: 'The same; all followers counted alike.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'visibleNs'), ...perCrowd(results, 'users-10m', 'visibleNs')],
    },
    {
      title: 'Publish to visible, many followers, p99',
      why: 'The last follower waits until the others have had their turns on the processors.',
      what: 'The same, all but the slowest hundredth.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'visible99Ns'), ...perCrowd(results, 'users-10m', 'visible99Ns')],
    },
    {
      title: 'One-key update while many watch',
      why: 'A follower that polls costs the publisher nothing. jsonmmap changes a tree, commits it and has a thread wake the followers, with cold caches after each pause.',
      what: 'What the publisher pays, waking all of them included where that is its work.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'setNs'), ...perCrowd(results, 'users-10m', 'setNs')],
    },
    {
      title: 'Private memory of a follower',
      why: 'The engine keeps data for each function that has run, and the young generation of its heap grows while rows become objects. Libraries in C keep less, and a copy of a small document is smaller than any library.',
      what: 'That has opened the document and read 1,000 rows, after a garbage collection; over a process of the same runtime that does nothing.',
      unit: 'bytes',
      rows: perDocument('privateBytes'),
    },
    {
      title: 'Memory of all followers together',
      why: 'The same, once for each process.',
      what: 'The sum of their proportional set sizes: what they share counts once, the runtime is included. What a server or a publisher has is not.',
      unit: 'bytes',
      rows: perCrowd(results, 'users-10m', 'proportionalBytes'),
    },
    {
      title: 'Stored once for all followers',
      why: 'The tree has hashes and room for changes beside the values, and a segment of free space in front of it.',
      what: 'Files, shared memory, or the server of Redis. Nothing for `process.send`, whose publisher holds objects.',
      unit: 'bytes',
      rows: perDocument('storedBytes'),
    },
    {
      title: 'Longest stall of a follower: one-key update',
      why: 'Functions are compiled when they run for the first time, and the longest stall includes collections of the young generation.',
      what: 'The longest time in which the event loop of a watching follower did not turn, processor time only. Of Python, whose follower has no event loop: the longest work of its thread.',
      unit: 'ns',
      rows: perDocument('stallSetNs'),
    },
    {
      title: 'Longest stall of a follower: whole-document update',
      why: 'The same.',
      what: 'The same while the whole document is published anew.',
      unit: 'ns',
      rows: perDocument('stallWriteNs'),
    },
    {
      title: 'Load the library',
      why: 'The engine parses all text of a library before its first line runs, at some 15 MB a second here. A built-in module is in the snapshot of Node, and a library in C has little JavaScript.',
      what: '`import` of the peer in a fresh process; what it reads is in the page cache.',
      unit: 'ns',
      rows: perDocument('loadNs').slice(0, 1),
    },
    {
      title: 'Open and have the whole document',
      why: 'The functions of jsonmmap are compiled when they run for the first time, while `JSON.parse` is compiled already. This matters for small documents. With large ones, jsonmmap is faster.',
      what: 'In a fresh process that has loaded the library: until all of it is there as objects.',
      unit: 'ns',
      rows: perDocument('wholeNs'),
    },
    {
      title: 'One-key update, now and then',
      why: 'After a rest the caches hold the data of other programs. A change of the tree, its commit and the wake-up touch more cache lines than one message to a socket, and run more code that the engine still interprets.',
      what: 'By a publisher that has updated less than a hundred times and rests 50 ms before each update.',
      unit: 'ns',
      rows: perDocument('coldSetNs'),
    },
    {
      title: 'Open and read one value',
      why: 'The functions of jsonmmap are compiled when they run for the first time. With all of them compiled before (`node --no-lazy`), it takes less than half of the time. A small file is read and parsed by code that is compiled already.',
      what: 'In a fresh process that has loaded the library. lmdb, SQLite and jsonmmap map a file, Redis connects, the others take the whole document.',
      unit: 'ns',
      rows: perDocument('openNs'),
    },
  ];
}

/** The value of a row for a peer, undefined where there is none. Memory counts from the bare process. */
export function valueIn(results, { kind, name, followers, metric }, peer) {
  const value = trialOf(results, { kind, name, followers }, peer)?.values[metric];
  if (metric !== 'privateBytes' || value === undefined) return value;
  return Math.max(0, value - results.bare[peer === 'python' ? 'pythonBytes' : 'nodeBytes']);
}

export function trialOf({ trials }, { kind, name, followers }, peer) {
  return trials.find(
    (trial) => trial.kind === kind && trial.name === name && trial.followers === followers && trial.peer === peer,
  );
}
