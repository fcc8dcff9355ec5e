// The process of one follower. It opens what the publisher has published and answers questions about it, one at a time.
import { setTimeout as delay } from 'node:timers/promises';
import { do_not_optimize } from 'mitata';
import { perCall } from '../measure.mjs';
import { clock } from './documents.mjs';
import { ownMemory } from './memory.mjs';
import { loadPeer } from './peers/index.mjs';
import { stallWatch } from './stall.mjs';

const { peer, directory, name } = JSON.parse(process.argv[2]);
let follower;
let stalls;

const answers = {
  /** Loads the library, which takes nothing where a peer needs none. */
  async load() {
    const started = clock();
    await loadPeer(peer);
    return clock() - started;
  },
  /** Loads the library, then times from nothing to the first value. */
  async open({ row }) {
    const { follow } = await loadPeer(peer);
    const started = clock();
    follower = await follow({ directory, name });
    const value = await follower.read(row);
    const elapsed = clock() - started;
    if (value === undefined) throw new Error(`there is no ${row.tokens.join('/')}`);
    return elapsed;
  },
  /** Loads the library, then times from nothing to the whole document as objects; undefined where a peer has no way to ask for it. */
  async whole() {
    const { follow } = await loadPeer(peer);
    const started = clock();
    follower = await follow({ directory, name });
    if (follower.whole === undefined) return undefined;
    do_not_optimize(follower.whole());
    return clock() - started;
  },
  hot: ({ row }) => perRead(follower.hot(row)),
  /** From a row on that was not read before. */
  random({ rows, from }) {
    let at = from;
    return perRead(() => follower.read(rows[++at % rows.length]));
  },
  async touch({ rows }) {
    for (const row of rows) await follower.read(row);
  },
  /** After a garbage collection, or what a pause leaves of it. */
  async memory() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc();
      await delay(100);
    }
    return ownMemory();
  },
  async watch({ row }) {
    await follower.watch(row, (sentAt) => {
      process.send({ seen: { sentAt, latency: clock() - sentAt } });
    });
  },
  /** The first turns of a loop that does not rest are slower. */
  async stallBegin() {
    stalls ??= stallWatch();
    await delay(100);
    stalls.begin();
  },
  stallLongest: () => stalls.longest(),
};

process.on('message', async ({ question }) => {
  if (question === undefined) return;
  try {
    process.send({ answer: (await answers[question.do](question)) ?? null });
  } catch (error) {
    process.send({ error: `${peer}, ${question.do}: ${error.message}` });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });

/** The nanoseconds of one read: mitata's median, or for reads that are promises that of series which wait for each. */
async function perRead(read) {
  if (!(read() instanceof Promise)) return perCall(() => do_not_optimize(read()), true);
  const series = [];
  for (const until = performance.now() + 200; performance.now() < until || series.length < 3; ) {
    const started = clock();
    for (let i = 0; i < 50; i++) do_not_optimize(await read());
    series.push((clock() - started) / 50);
  }
  return series.sort((a, b) => a - b)[series.length >> 1];
}
