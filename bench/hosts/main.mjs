// Documents on many hosts, all on this machine: from a publish upstream to 'change' in an application, beside ways to get the whole value; bytes on the wire; catching up; memory.
// npm run bench:hosts -- [--quick] [--megabytes 1,20] [--agents 1,10,50]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { createClient } from '@redis/client';
import { appendEntry } from '../../lib/upstream/log/append.js';
import { openUpstream } from '../../lib/upstream/open.js';
import { push } from '../../lib/upstream/push.js';
import { median, percentile } from '../measure.mjs';
import { startHttp, startNats, startRedis } from './servers.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '1,20' },
    agents: { type: 'string' },
  },
});
const QUICK = values.quick;
const MEGABYTE = 1_000_000;
const SIZES = numbersOf(values.megabytes).map((megabytes) => megabytes * MEGABYTE);
const AGENTS = numbersOf(values.agents ?? (QUICK ? '1,10' : '1,10,50'));
const EVENTS = QUICK ? 40 : 200;
/** Whole values of 20 MB take everybody seconds. */
const LARGE_EVENTS = QUICK ? 3 : 8;
const PAUSE_MS = 20;
const MISSED = QUICK ? 2000 : 10_000;

const RECEIVER = new URL('./receiver.mjs', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'jsonmmap-bench-hosts-'));
const now = () => Number(process.hrtime.bigint());
const ms = (nanoseconds) => `${(nanoseconds / 1e6).toFixed(nanoseconds < 1e7 ? 2 : 0)} ms`;
let runs = 0;

try {
  console.log(
    '| document | receivers | way | p50 | p99 | bytes sent for each change and receiver |\n|--:|--:|---|--:|--:|--:|',
  );
  for (const size of SIZES) for (const count of AGENTS) await compare(size, count);
  await catchUp();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function numbersOf(list) {
  return list.split(',').filter(Boolean).map(Number);
}

/** An object of 10-kB parts, about so many bytes of JSON. */
function documentOf(size) {
  const parts = Array.from({ length: size / 10_000 }, (_, i) => [`part${i}`, `${i} ${'x'.repeat(9980)}`]);
  return { sentAt: 0, ...Object.fromEntries(parts) };
}

async function compare(size, count) {
  const place = join(directory, String(++runs));
  mkdirSync(place);
  const nats = await startNats(join(place, 'nats'));
  const redis = await startRedis(join(place, 'redis'));
  const http = await startHttp();
  try {
    await ours(nats, size, count, place);
    await wholeByNats(nats, size, count);
    await wholeByRedis(redis, size, count);
    await wholeByHttp(http, size, count);
  } finally {
    await Promise.all([nats.stop(), redis.stop(), http.stop()]);
  }
}

async function ours(nats, size, count, place) {
  const url = `nats://${nats.server}/bucket/doc`;
  const engine = await openUpstream(url);
  await engine.create();
  let position = await push(engine, documentOf(size));
  const dirs = Array.from({ length: count }, (_, i) => join(place, `host${i}`));
  const agents = await Promise.all(dirs.map((dir) => start('agent', url, dir)));
  const app = await start('app', dirs.join());
  const publish = async () => {
    const entry = { parent: position.id, kind: 'patch', by: 'bench', at: Date.now(), message: '' };
    const operations = [{ op: 'replace', path: '/sentAt', value: now() }];
    position = await appendEntry(engine, entry, operations, { after: position.sequence });
  };
  const sent = await told(publish, EVENTS, nats);
  await delay(500);
  const { latencies } = await ask(app);
  const { privateBytes } = await ask(agents[0]);
  tell(size, count, 'jsonmmap, a one-key patch', latencies, sent / count);
  console.log(
    `| ${size / MEGABYTE} MB | ${count} | private memory of an agent | ${(privateBytes / 2 ** 20).toFixed(0)} MiB | | |`,
  );
  await end([app, ...agents]);
  await engine.close();
}

async function wholeByNats(nats, size, count) {
  const receivers = await startAll(count, 'nats', nats.server);
  const connection = await connect({ servers: nats.server });
  const document = documentOf(size);
  const sent = await told(
    async () => {
      connection.publish('whole', JSON.stringify({ ...document, sentAt: now() }));
      await connection.flush();
    },
    eventsOf(size),
    nats,
    pauseOf(size, count),
  );
  await report(size, count, 'NATS, the whole value and JSON.parse', receivers, sent / count);
  await connection.close();
}

async function wholeByRedis(redis, size, count) {
  const receivers = await startAll(count, 'redis', redis.server);
  const client = createClient({ url: `redis://${redis.server}` });
  await client.connect();
  const document = documentOf(size);
  const publish = () => client.publish('whole', JSON.stringify({ ...document, sentAt: now() }));
  await told(publish, eventsOf(size), undefined, pauseOf(size, count));
  await report(size, count, 'Redis pub/sub, the whole value and JSON.parse', receivers, size);
  client.destroy();
}

async function wholeByHttp(http, size, count) {
  const document = documentOf(size);
  http.write(JSON.stringify(document));
  const receivers = await startAll(count, 'http', http.url);
  const publish = async () => http.write(JSON.stringify({ ...document, sentAt: now() }));
  await told(publish, eventsOf(size), undefined, pauseOf(size, count) + 200);
  await report(size, count, 'HTTP polled every 100 ms, the whole value and JSON.parse', receivers, size);
}

function eventsOf(size) {
  return size > MEGABYTE ? LARGE_EVENTS : EVENTS / 4;
}

/** So that each finds everybody waiting. */
function pauseOf(size, count) {
  return PAUSE_MS + (size / MEGABYTE) * (10 + 10 * count);
}

/** Publishes, and returns how many bytes the server has sent for each event. */
async function told(publish, events, nats, pauseMs = PAUSE_MS) {
  const before = await nats?.sentBytes();
  for (let i = 0; i < events; i++) {
    await publish();
    await delay(pauseMs);
  }
  await delay(pauseMs);
  return nats === undefined ? 0 : ((await nats.sentBytes()) - before) / events;
}

async function report(size, count, way, receivers, bytes) {
  await delay(500 + pauseOf(size, count));
  const reports = await Promise.all(receivers.map(ask));
  tell(
    size,
    count,
    way,
    reports.flatMap(({ latencies }) => latencies),
    bytes,
  );
  await end(receivers);
}

function tell(size, count, way, latencies, bytes) {
  const [p50, p99] = [median(latencies), percentile(latencies, 0.99)].map(ms);
  console.log(
    `| ${size / MEGABYTE} MB | ${count} | ${way} | ${p50} | ${p99} | ${Math.round(bytes).toLocaleString('en')} |`,
  );
}

/** A host that missed entries comes back. */
async function catchUp() {
  const nats = await startNats(join(directory, 'catch-up'));
  const url = `nats://${nats.server}/bucket/doc`;
  const engine = await openUpstream(url);
  await engine.create();
  let position = await push(engine, documentOf(MEGABYTE));
  const dir = join(directory, 'late');
  const first = await start('agent', url, dir);
  await end([first]);
  for (let i = 0; i < MISSED; i++) {
    const entry = { parent: position.id, kind: 'patch', by: 'bench', at: Date.now(), message: '' };
    const operations = [{ op: 'replace', path: '/sentAt', value: i }];
    position = await appendEntry(engine, entry, operations, { after: position.sequence });
  }
  const begin = now();
  const late = await start('agent', url, dir);
  console.log(
    `\nA host that missed ${MISSED.toLocaleString('en')} entries has them ${ms(now() - begin)} after its start, that of the process included.`,
  );
  await end([late]);
  await engine.close();
  await nats.stop();
}

function startAll(count, ...words) {
  return Promise.all(Array.from({ length: count }, () => start(...words)));
}

async function start(...words) {
  const child = fork(RECEIVER, words);
  await once(child, 'message');
  return child;
}

async function ask(child) {
  child.send('report');
  const [answer] = await once(child, 'message');
  return answer;
}

async function end(children) {
  for (const child of children) {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}
