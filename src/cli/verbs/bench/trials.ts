/** What `jsonmmap bench` measures. Each trial is short: the whole takes a few seconds. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Follower } from '../../../follower/follower.js';
import type { Master } from '../../../master/master.js';

/** A result: nanoseconds for one operation. */
export interface Result {
  readonly trial: string;
  readonly medianNs: number;
  /** The slowest of a hundred. */
  readonly p99Ns: number;
}

/** A region of a directory that the benchmark has for itself. */
export interface Bench {
  readonly name: string;
  readonly dir: string;
}

const SAMPLES = 100;
const SAMPLE_MS = 1.5;
const WRITES = 2000;
const PUBLISHES = 300;
const PAUSE_MS = 2;

/** A document of about a megabyte. */
export const benchDocument = {
  sentAt: 0,
  flags: { beta: true },
  users: Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [
      `user-${i}`,
      { id: i, name: `Person ${i}`, tags: ['a', 'b'], score: i / 7 },
    ]),
  ),
};

/** Measures reads of what is in memory already, beside the same on a plain object. */
export function readTrials({ name, dir }: Bench): Result[] {
  const follower = Follower.open<typeof benchDocument>(name, { dir });
  const text = JSON.stringify(benchDocument);
  const paths = Object.keys(benchDocument.users).map((user) => `/users/${user}/score`);
  let i = 0;
  try {
    return [
      sampled('read current.flags.beta', () => follower.current.flags.beta),
      sampled("get('/flags/beta')", () => follower.get('/flags/beta')),
      sampled('get of one of 10,000 users', () => follower.get(paths[(i++ * 7919) % paths.length])),
      sampled('open the region, read one value', () => readOnce(name, dir)),
      sampled('JSON.parse of the same document', () => JSON.parse(text)),
    ];
  } finally {
    follower.close();
  }
}

/** Measures writes, published one by one. */
export function writeTrials(master: Master): Result[] {
  const times: number[] = [];
  for (let i = 0; i < WRITES; i++) {
    const path = `/users/user-${(i * 7919) % 10_000}/score`;
    const before = process.hrtime.bigint();
    master.set(path, i);
    times.push(Number(process.hrtime.bigint() - before));
  }
  return [summary('set of one user, published', times)];
}

/** Measures the time from a publish until another process is notified. */
export async function wakeTrial(master: Master, { name, dir }: Bench): Promise<Result> {
  const child = fork(fileURLToPath(new URL('./follower.js', import.meta.url)), [name, dir]);
  try {
    await message(child);
    for (let i = 0; i < PUBLISHES; i++) {
      master.set('/sentAt', Number(process.hrtime.bigint()));
      await delay(PAUSE_MS);
    }
    const answer = message(child);
    child.send('report');
    return summary("publish to 'change' in another process", (await answer) as number[]);
  } finally {
    child.kill();
  }
}

async function message(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const onExit = (): void => gone.abort(new Error('the follower of the benchmark ended'));
  child.once('exit', onExit);
  const [value] = await once(child, 'message', { signal: gone.signal });
  child.off('exit', onExit);
  return value;
}

function readOnce(name: string, dir: string): unknown {
  const follower = Follower.open(name, { dir });
  const value = follower.get('/flags/beta');
  follower.close();
  return value;
}

/** Runs `body` in samples of about the same length, long enough for the clock. */
function sampled(trial: string, body: () => unknown): Result {
  const calls = callsIn(body, SAMPLE_MS);
  for (let i = 0; i < 20; i++) timeOf(body, calls); // until it is compiled
  const compiledCalls = callsIn(body, SAMPLE_MS);
  return summary(
    trial,
    Array.from({ length: SAMPLES }, () => timeOf(body, compiledCalls) / compiledCalls),
  );
}

function callsIn(body: () => unknown, ms: number): number {
  let calls = 1;
  while (timeOf(body, calls) < ms * 1e6) calls *= 2;
  return calls;
}

/** What the calls return, so that none of them is done away with. */
let kept: unknown;

function timeOf(body: () => unknown, calls: number): number {
  const before = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) kept = body();
  return kept === timeOf ? 0 : Number(process.hrtime.bigint() - before);
}

function summary(trial: string, times: number[]): Result {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { trial, medianNs: at(0.5), p99Ns: at(0.99) };
}
