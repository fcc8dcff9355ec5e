// The trials, one for each target of the design.

/** What each measures, the file that does, and options of its process. */
export const trials = {
  P1: { what: 'current.x.y while nothing changes', file: 'current.mjs' },
  P2: { what: 'get at a path', file: 'get.mjs' },
  P3: { what: 'one key set in a 100 MB document, published', file: 'set.mjs' },
  P4: { what: 'a follower sees that change', file: 'see.mjs' },
  P5: { what: 'open a region of 100 MB and read one value', file: 'open.mjs' },
  P6: { what: 'private memory of one more follower of 100 MB', file: 'memory.mjs' },
  P7: { what: 'first full current, in a fresh process', file: 'materialize.mjs' },
  P8: { what: 'write of a whole document', file: 'write.mjs' },
  P9: { what: "publish to 'change' in another process", file: 'notify.mjs' },
  P10: { what: 'longest stall of a follower while 100 MB are updated', file: 'stall.mjs' },
  P11: { what: 'space under endless one-key churn', file: 'space.mjs' },
  C1: { what: "import 'jsonmmap' in a fresh process", file: 'import.mjs' },
  C2: { what: 'the command, start to end', file: 'command.mjs' },
  C3: { what: 'open and first get, the first time in its process', file: 'first-contact.mjs' },
  C4: { what: 'first full current, the library loaded', file: 'first-current.mjs' },
  C5: { what: 'one value set after 50 ms without work', file: 'cold-set.mjs' },
  C6: { what: "publish to 'change' in another process, and the master's time", file: 'notify.mjs' },
  C7: { what: 'private memory of one more process that reads and waits', file: 'one-more.mjs' },
  C8: { what: 'tables of objects with 65 to 1,000 keys', file: 'wide-objects.mjs' },
  C9: { what: 'random reads of 100,000 keys', file: 'random-read.mjs' },
  C10: { what: 'longest stall of a follower of 100 MB during a compaction', file: 'compaction-stall.mjs' },
  D1: { what: 'one key set so that it survives power loss', file: 'durable.mjs' },
};
