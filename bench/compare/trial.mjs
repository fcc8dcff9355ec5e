// The process of one trial: it is the publisher of one document by one peer, starts followers, and sends home what it measured.
// `alone`: one follower at a time, everything. `together`: many followers, what they hear and what they take.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median, percentile } from '../measure.mjs';
import { overIpc } from './conversation.mjs';
import { clock, rowsOf, textPath } from './documents.mjs';
import { loadPeer } from './peers/index.mjs';

/** A follower that has not seen a change by then never will. */
const DEADLINE_MS = 120_000;

/** Rows that a follower has read before its memory is looked at. */
const TOUCHED = 1000;

/** Between two events, so that each finds everybody waiting; a peer may need longer. */
const PAUSE_MS = 5;

/** Updates of a publisher that has updated less than a hundred times, and the rest before each of them. */
const SELDOM = 12;
const REST_MS = 50;

process.once('disconnect', () => process.exit(1)); // whoever asked is gone
const { peer, directory, texts, name, kind, followers, budgetMs } = JSON.parse(process.argv[2]);
const module = await loadPeer(peer);
const document = JSON.parse(readFileSync(textPath(texts, name), 'utf8'));
const rows = rowsOf(name, document);
const [first] = rows;
const publisher = await module.publish({ directory, name, document, texts });
const results = await { alone, together }[kind]();
await publisher.close();
process.send({ results }, () => process.exit(0));

/** Fresh processes load and open the document; one of them reads, waits while it is updated, then watches. */
async function alone() {
  const storedBytes = await publisher.stored();
  const { loadNs, wholeNs } = await firstContact();
  const follower = startFollower();
  const openNs = await follower.ask({ do: 'open', row: first });
  const coldSetNs = median(await seldom((i) => publisher.set(rows[i % rows.length])));
  await follower.ask({ do: 'touch', rows: rows.slice(0, TOUCHED) });
  const { privateBytes } = await follower.ask({ do: 'memory' });
  const hotNs = await follower.ask({ do: 'hot', row: first });
  const randomNs = await follower.ask({ do: 'random', rows, from: TOUCHED });
  const setNs = median(await series((i) => publisher.set(rows[i % rows.length])));
  const writeNs = median(await series(() => publisher.write(first)));
  const heard = await news(follower);
  await follower.end();
  return { storedBytes, loadNs, openNs, wholeNs, privateBytes, hotNs, randomNs, coldSetNs, setNs, writeNs, ...heard };
}

/** What a process pays once: to load the library, and to have the whole document as objects. */
async function firstContact() {
  const follower = startFollower();
  const loadNs = (await follower.ask({ do: 'load' })) ?? undefined;
  const wholeNs = (await follower.ask({ do: 'whole' })) ?? undefined;
  await follower.end();
  return { loadNs, wholeNs };
}

/** The nanoseconds of each of a few calls with rests between them, the first left out. */
async function seldom(update) {
  const samples = [];
  for (let i = 0; i < SELDOM; i++) {
    await delay(REST_MS);
    samples.push(await timed(() => update(i)));
  }
  return samples.slice(1);
}

/** The nanoseconds of each of as many calls as the budget allows, the first left out where there are more. */
async function series(update) {
  const samples = [];
  const until = performance.now() + budgetMs;
  for (let i = 0; samples.length < 2 || performance.now() < until; i++) {
    samples.push(await timed(() => update(i)));
    if (performance.now() > until + 2 * budgetMs) break;
  }
  return samples.length > 1 ? samples.slice(1) : samples;
}

/** A peer with a publisher in another process has taken the time there. */
async function timed(update) {
  const started = clock();
  const pending = update();
  const measured = pending instanceof Promise ? await pending : pending;
  return typeof measured === 'number' ? measured : clock() - started;
}

/** From an update to what the follower sees of it, and how long its event loop stands still meanwhile. */
async function news(follower) {
  await follower.ask({ do: 'watch', row: first });
  const latencies = await seen([follower], () => publisher.set(first));
  const stallOf = async (update) => {
    await follower.ask({ do: 'stallBegin' });
    await seen([follower], update);
    return follower.ask({ do: 'stallLongest' });
  };
  return {
    visibleNs: median(latencies),
    visible99Ns: percentile(latencies, 0.99),
    stallSetNs: await stallOf(() => publisher.set(first)),
    stallWriteNs: await stallOf(() => publisher.write(first)),
  };
}

async function together() {
  const crowd = await watching(followers);
  const sets = [];
  const latencies = await seen(crowd, async () => sets.push(await timed(() => publisher.set(first))));
  const memories = await Promise.all(crowd.map((follower) => follower.ask({ do: 'memory' })));
  await Promise.all(crowd.map((follower) => follower.end()));
  return {
    visibleNs: median(latencies),
    visible99Ns: percentile(latencies, 0.99),
    setNs: median(sets),
    proportionalBytes: memories.reduce((sum, memory) => sum + memory.proportionalBytes, 0),
  };
}

/** Starts followers a few at a time; all of them watch the first row. */
async function watching(count) {
  const crowd = [];
  while (crowd.length < count) {
    const some = Array.from({ length: Math.min(4, count - crowd.length) }, startFollower);
    await Promise.all(some.map((follower) => follower.ask({ do: 'open', row: first })));
    await Promise.all(some.map((follower) => follower.ask({ do: 'watch', row: first })));
    crowd.push(...some);
  }
  await delay(100);
  return crowd;
}

/** Updates again and again, each time until everybody has seen it; returns the latencies of all. */
async function seen(crowd, update) {
  const latencies = [];
  const until = performance.now() + budgetMs;
  do {
    const since = clock();
    const everybody = Promise.all(crowd.map((follower) => seesSince(follower, since)));
    await update();
    latencies.push(...(await everybody));
    await delay(module.pauseMs ?? PAUSE_MS);
  } while (performance.now() < until);
  return latencies;
}

function seesSince(follower, since) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${peer}: a follower did not see a change`)), DEADLINE_MS);
    follower.onSeen(({ sentAt, latency }) => {
      if (sentAt < since) return; // an event more about an update that it has seen
      clearTimeout(late);
      resolve(latency);
    });
  });
}

function startFollower() {
  const program = fileURLToPath(new URL('follower.mjs', import.meta.url));
  const args = [JSON.stringify({ peer, directory, name })];
  const execArgv = ['--expose-gc'];
  if (module.startFollower) return module.startFollower({ directory, program, args, execArgv });
  return overIpc(fork(program, args, { execArgv }));
}
