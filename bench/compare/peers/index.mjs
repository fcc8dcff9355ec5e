// The peers, in the order of the tables.
//
// Each is a module with two roles, which live in different processes:
//   publish({ directory, name, document })  puts the document where followers find it
//     set(row)     stores the clock in the field of a row and returns when a follower that looks now sees it; a peer that runs in a process
//                  of its own returns the nanoseconds that this took there
//     write()      publishes the whole document, of which the publisher holds a changed copy
//     stored()     bytes that the document takes once for all followers
//     close()
//   follow({ directory, name })  opens what was published
//     hot(row)     a function that reads the field of that row, always the newest value that this process can know of
//     whole()      the whole document as objects; left out by a peer whose interface has no way to ask for it
//     read(row)    the field of any row; a promise where the peer has to wait for it
//     watch(row, seen)  calls `seen` with the field at each change
//     close()
// and, where followers are no plain children of ours, `startFollower`.
const modules = ['jsonmmap', 'lmdb', 'sqlite', 'redis', 'send', 'file', 'mmap-io', 'python'];

/**
 * What each peer is called, how it was set up, and the package whose version counts.
 * @type {Record<string, { title: string, how: string, packageName?: string }>}
 */
export const peers = {
  jsonmmap: {
    title: 'jsonmmap',
    how: '`current` of documents up to 1 MB and a selection in larger ones for the hot read, `get` for the others; `set`, `write`; a selection hears of changes',
  },
  lmdb: {
    title: 'lmdb',
    packageName: 'lmdb',
    how: 'a key per row, MessagePack with shared structures; `putSync` for one key, one transaction for all; hot reads from its validated cache, which looks for changes once a turn of the event loop; no notification, so a timer of 1 ms looks',
  },
  sqlite: {
    title: 'SQLite',
    packageName: 'better-sqlite3',
    how: 'a row per key as JSON text, `WITHOUT ROWID`, WAL, `synchronous = NORMAL`, memory-mapped reads, prepared statements; hot reads ask `data_version` and keep the parsed row; no notification, so a timer of 1 ms asks it',
  },
  redis: {
    title: 'Redis',
    packageName: 'redis',
    how: 'a server of its own on loopback without persistence, a key per row as JSON text, `MSET` of 2,000 keys for the whole document; client-side caching by RESP3 tracking, whose invalidation message is the notification',
  },
  send: {
    title: 'process.send',
    how: '`node:cluster`; each worker asks for the document once and keeps a copy; an update of one key is sent as that row, to each worker',
  },
  file: {
    title: 'file + chokidar',
    packageName: 'chokidar',
    how: 'JSON text written beside and renamed; each follower watches the directory and parses the file again',
  },
  'mmap-io': {
    title: 'mmap-io',
    packageName: '@riaskov/mmap-io',
    how: 'JSON text in shared memory behind a sequence and a length; no notification, so a timer of 1 ms looks at the sequence; each follower parses a copy',
  },
  python: {
    title: 'Python shm',
    how: '`multiprocessing.shared_memory`, JSON text behind a sequence and a length; a thread that sleeps 1 ms looks at the sequence; each follower parses a copy',
  },
};

/** Loads the module of a peer. */
export function loadPeer(id) {
  if (!modules.includes(id)) throw new Error(`there is no peer ${id}: use ${modules.join(' ')}`);
  return import(`./${id}.mjs`);
}
