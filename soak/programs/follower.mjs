// A follower that reads in every way, one after the other, checks what it sees and notes it. Now and then it closes and comes again, or hangs in
// the middle of everything. As its task says, it lives in the main thread or in a worker of it.
// node follower.mjs <task as JSON>
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Follower } from 'jsonmmap';
import { listen } from '../events.mjs';
import { Journal, now } from '../journal.mjs';
import { randomOf } from '../random.mjs';
import { READS } from '../reads.mjs';
import { Sightings } from '../sightings.mjs';
import { say } from './say.mjs';

/** @type {import('../followers.mjs').FollowerTask} */
const task = isMainThread ? JSON.parse(process.argv[2]) : workerData;
const OPEN_MS = 60_000;
const HANG_MS = 700;
const CHANCES = { hang: 0.0005, reopen: 0.001 };
const READS_IN_A_ROW = 4;
const SELECTABLE = ['a', 'b', 'c', '7'];

if (isMainThread && task.thread) hostWorker();
else await follow();

function hostWorker() {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  hearLines((line) => worker.postMessage(line));
  worker.on('exit', (code) => process.exit(code));
  worker.on('error', (error) => fail(error));
}

/** What we are asked, line by line; who asks no more has ended, and so do we. */
function hearLines(listener) {
  createInterface({ input: process.stdin })
    .on('line', listener)
    .on('close', () => process.exit());
}

async function follow() {
  const asked = { version: Number.POSITIVE_INFINITY, leave: false };
  const takeCommands = (line) => Object.assign(asked, JSON.parse(line));
  if (isMainThread) hearLines(takeCommands);
  else parentPort.on('message', takeCommands);
  try {
    await read(asked);
    say({ left: true });
  } catch (error) {
    fail(error);
  }
  process.exit();
}

/** Reads until it is asked to leave, or has seen the version that it is asked for in every way in which news come. */
async function read(asked) {
  const random = randomOf(task.seed, 2, task.number);
  const sightings = new Sightings(new Journal(task.journal));
  let { eyes, ears } = await open(random, sightings);
  while (!asked.leave && !(ears.told >= asked.version && ears.iterated >= asked.version)) {
    for (let left = READS_IN_A_ROW; left > 0; left--) READS[random.pick(Object.keys(READS))](eyes);
    if (ears.fault !== undefined) throw ears.fault;
    if (random.chance(CHANCES.hang)) hang(random.next() * HANG_MS);
    if (random.chance(CHANCES.reopen)) {
      eyes.follower.close();
      ({ eyes, ears } = await open(random, sightings));
    }
    await delay(random.next() * task.pauseMs.read);
  }
  eyes.follower.close();
}

async function open(random, sightings) {
  const follower = await Follower.when(task.name, { dir: task.dir, timeoutMs: OPEN_MS });
  const selected = random.pick(SELECTABLE);
  const eyes = { follower, selection: follower.select(['parts', selected]), selected, sightings, random, held: [] };
  return { eyes, ears: listen(eyes) };
}

/** Nothing of this thread runs meanwhile. */
function hang(durationMs) {
  for (const end = now() + durationMs * 1e6; now() < end; );
}

function fail(error) {
  const kind = error.constructor === Error ? 'torn' : 'failed'; // what our own checks found, or what went wrong
  say({
    kind,
    fault: `follower ${task.number}: ${error.stack}${error.cause === undefined ? '' : `, because of ${error.cause.stack}`}`,
  });
  process.exit(1);
}
