// What Node has built in: the primary of a cluster tells its workers. The document goes to a worker once, an update only as its row.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { overIpc } from '../conversation.mjs';
import { stamp, valueAt } from '../documents.mjs';
import { readersOf } from './copy.mjs';

/** Starts a follower as a worker of this process. */
export function startFollower({ program, args, execArgv }) {
  cluster.setupPrimary({ exec: program, args, execArgv, serialization: 'json' });
  return overIpc(cluster.fork());
}

export function publish({ document }) {
  const broadcast = (news) => {
    for (const worker of Object.values(cluster.workers)) if (worker.isConnected()) worker.send({ news });
  };
  cluster.on('message', (worker, message) => {
    if (message.wants === 'document') worker.send({ news: { document } });
  });
  return {
    set: (row) => broadcast({ tokens: row.tokens, value: stamp(document, row) }),
    write(row) {
      stamp(document, row);
      broadcast({ document });
    },
    stored: () => 0,
    close: () => {},
  };
}

export async function follow() {
  const copy = { document: undefined };
  const listeners = [];
  process.on('message', ({ news }) => {
    if (news === undefined) return;
    if (news.document !== undefined) copy.document = news.document;
    else valueAt(copy.document, news.tokens.slice(0, -1))[news.tokens.at(-1)] = news.value;
    for (const listener of listeners) listener();
  });
  process.send({ wants: 'document' });
  while (copy.document === undefined) await once(process, 'message');
  return {
    ...readersOf(copy),
    watch: (row, seen) => void listeners.push(() => seen(valueAt(valueAt(copy.document, row.tokens), row.field))),
    close: () => {},
  };
}
