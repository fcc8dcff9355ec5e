// The tables: what each measure is called, where its values come from, and how they read.
import { documents } from '../documents.mjs';

/**
 * @typedef {object} Measure
 * @property {string} title
 * @property {string} what one sentence below the title
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
      what: 'One field of one row, read again and again; always the newest value that the process can know of.',
      unit: 'ns',
      rows: perDocument('hotNs'),
    },
    {
      title: 'Random point read',
      what: 'One field of a random row of up to 100,000. Redis asks its server for rows that it has not read before.',
      unit: 'ns',
      rows: perDocument('randomNs'),
    },
    {
      title: 'One-key update',
      what: 'Until a follower that looks sees it; one follower has the document open. `process.send` is done when the message is handed over.',
      unit: 'ns',
      rows: perDocument('setNs'),
    },
    {
      title: 'Whole-document update',
      what: 'One value of the document has changed, and the publisher is not told which.',
      unit: 'ns',
      rows: perDocument('writeNs'),
    },
    {
      title: 'Publish to visible, p50',
      what: 'From before a one-key update to the callback of a follower that has read the new value. lmdb, SQLite, mmap-io and Python look every millisecond.',
      unit: 'ns',
      rows: perDocument('visibleNs'),
    },
    {
      title: 'Publish to visible, many followers, p50',
      what: 'The same; all followers counted alike.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'visibleNs'), ...perCrowd(results, 'users-10m', 'visibleNs')],
    },
    {
      title: 'Publish to visible, many followers, p99',
      what: 'The same, all but the slowest hundredth.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'visible99Ns'), ...perCrowd(results, 'users-10m', 'visible99Ns')],
    },
    {
      title: 'One-key update while many watch',
      what: 'What the publisher pays, waking all of them included where that is its work.',
      unit: 'ns',
      rows: [...perCrowd(results, 'flags', 'setNs'), ...perCrowd(results, 'users-10m', 'setNs')],
    },
    {
      title: 'Private memory of a follower',
      what: 'That has opened the document and read 1,000 rows, after a garbage collection; over a process of the same runtime that does nothing.',
      unit: 'bytes',
      rows: perDocument('privateBytes'),
    },
    {
      title: 'Memory of all followers together',
      what: 'The sum of their proportional set sizes: what they share counts once, the runtime is included. What a server or a publisher has is not.',
      unit: 'bytes',
      rows: perCrowd(results, 'users-10m', 'proportionalBytes'),
    },
    {
      title: 'Stored once for all followers',
      what: 'Files, shared memory, or the server of Redis. Nothing for `process.send`, whose publisher holds objects.',
      unit: 'bytes',
      rows: perDocument('storedBytes'),
    },
    {
      title: 'Longest stall of a follower: one-key update',
      what: 'The longest time in which the event loop of a watching follower did not turn, processor time only. Of Python, whose follower has no event loop: the longest work of its thread.',
      unit: 'ns',
      rows: perDocument('stallSetNs'),
    },
    {
      title: 'Longest stall of a follower: whole-document update',
      what: 'The same while the whole document is published anew.',
      unit: 'ns',
      rows: perDocument('stallWriteNs'),
    },
    {
      title: 'Load the library',
      what: '`import` of the peer in a fresh process; what it reads is in the page cache.',
      unit: 'ns',
      rows: perDocument('loadNs').slice(0, 1),
    },
    {
      title: 'Open and have the whole document',
      what: 'In a fresh process that has loaded the library: until all of it is there as objects.',
      unit: 'ns',
      rows: perDocument('wholeNs'),
    },
    {
      title: 'One-key update, now and then',
      what: 'By a publisher that has updated less than a hundred times and rests 50 ms before each update.',
      unit: 'ns',
      rows: perDocument('coldSetNs'),
    },
    {
      title: 'Open and read one value',
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
