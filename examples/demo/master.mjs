/**
 * A process that is the master, or will be: the first one loads the data and publishes it, the standby waits until the region is free. Then
 * both change the document at a steady rate, and do what the viewer asks for besides.
 * node master.mjs <directory> first|standby
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { loadDocument, monotonicMs, nextBeat, writeRound } from './payload.mjs';
import { options, REGION, takeCommands, tell } from './stage.mjs';

const CHANGE_EVERY_MS = 2;
/** Every fourth change writes to six places at once, the others to one. */
const ROUND_EVERY = 4;
const REWRITTEN_CITIES = 5;
/** Where no room is left for a compaction, a burst ends without one. */
const BURST_MAX = 50_000;
const WAIT = { timeoutMs: 250 };

const role = process.argv[3];
let master;
let steady;
let changes = 0;

takeCommands({ look: () => tell('look', { version: master?.version ?? 0 }), rewrite, burst, rest, leave });
master = role === 'standby' ? await takeOver() : await publishFirst();
steady = setInterval(change, CHANGE_EVERY_MS);

async function publishFirst() {
  const parseStartedMs = monotonicMs();
  const { document, jsonBytes } = loadDocument();
  await tell('parsed', { parseMs: monotonicMs() - parseStartedMs, jsonBytes });
  const opened = Master.open(REGION, options);
  const publishStartedMs = monotonicMs();
  opened.transaction(() => {
    opened.write(document);
    writeRound(opened);
  });
  await tell('published', { publishMs: monotonicMs() - publishStartedMs, sharedBytes: sizeBytes(opened) });
  opened.current; // made now, so that a rewrite need not make it
  return opened;
}

/** Waits in short pieces, so that messages of the viewer come through. Publishes at once. */
async function takeOver() {
  await tell('waiting');
  for (;;) {
    try {
      const opened = Master.open(REGION, { ...options, wait: WAIT });
      const lastVersion = opened.version;
      const beat = nextBeat(opened);
      opened.set('/beat', beat);
      tell('master', { lastVersion, atMs: beat.sentMs });
      return opened;
    } catch (error) {
      if (error.code !== 'ERR_TIMEOUT') throw error;
      await nextTurn();
    }
  }
}

function change() {
  if (++changes % ROUND_EVERY > 0) publish(() => master.set('/beat', nextBeat(master, { steady: true })));
  else publish(() => writeRound(master, { steady: true, round: master.get('/beat').round + 1 }));
}

/** Writes the whole document anew, as after reading a file again in which a few things have changed. */
async function rewrite() {
  await tell('rewriting');
  const cities = [...master.current.cities];
  for (let i = 0; i < REWRITTEN_CITIES; i++) {
    const index = randomIndex(cities.length);
    cities[index] = { ...cities[index], visitedAt: Date.now() };
  }
  const beat = nextBeat(master, { rewrites: master.get('/beat').rewrites + 1 });
  const document = { ...master.current, cities, beat };
  const writeMs = publish(() => master.write(document));
  await tell('rewritten', { writeMs, cities: REWRITTEN_CITIES });
}

/** Changes one city after another as fast as it goes, until so much garbage has gathered that a compaction comes. */
async function burst() {
  const startedMs = monotonicMs();
  const size = master.size('/cities');
  const { path } = newestSegment();
  let count = 0;
  while (count++ < BURST_MAX && newestSegment().path === path) {
    publish(() =>
      master.transaction(() => {
        master.set(['cities', randomIndex(size), 'lat'], (Math.random() * 180 - 90).toFixed(5));
        master.set('/beat', nextBeat(master));
      }),
    );
  }
  await tell('burst', { changes: count - 1, burstMs: monotonicMs() - startedMs });
}

/** Changes nothing any more, and says what stands. */
function rest() {
  clearInterval(steady);
  tell('resting', { version: master.version, sharedBytes: sizeBytes(master) });
}

function leave() {
  master.close();
  process.exit();
}

/** Returns how long `write` takes, in milliseconds; tells of a compaction that it brings. */
function publish(write) {
  const before = newestSegment();
  const startedMs = monotonicMs();
  write();
  const ms = monotonicMs() - startedMs;
  const after = newestSegment();
  if (after.path !== before.path)
    tell('compaction', { ms, beforeBytes: before.sizeBytes, afterBytes: after.sizeBytes });
  return ms;
}

function newestSegment() {
  return master.sizes().at(-1);
}

function sizeBytes(opened) {
  return opened.sizes().reduce((sum, file) => sum + file.sizeBytes, 0);
}

function randomIndex(size) {
  return Math.floor(Math.random() * size);
}
