/**
 * The demonstration: a master and three followers, real processes, share 38 MB of real JSON while it changes, while it is compacted, and while
 * its master is killed.
 * node main.mjs [--seconds 10] [--json]
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, constants, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Actor } from './actor.mjs';
import { Display } from './display.mjs';
import { play } from './story.mjs';
import { printSummary, summarise } from './summary.mjs';

const USAGE = 'usage: npm start -- [--seconds <how long the document changes, from 1 to 600; default 10>] [--json]';
/** The document twice, while a compaction copies it, and room for what a burst leaves. Docker gives /dev/shm 64 MB by default. */
const SPACE_BYTES = 128 << 20;

const { seconds, json } = optionsOrUsage();
const directory = mkdtempSync(join(roomyDirectory(), 'jsonmmap-demo-'));
const display = new Display(json ? 'silent' : process.stdout);
const actors = [];
const machine = { node: process.version, cores: availableParallelism(), loadBefore: loadavg()[0] };
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  const exitCode = 128 + constants.signals[signal];
  process.on(signal, () => stop.abort(Object.assign(new Error(`stopped by ${signal}`), { exitCode })));
}
process.stdout.on('error', (error) => stop.abort(error)); // nobody reads any more

try {
  display.say(`one master and three followers share a document in ${directory}`);
  const facts = await play({ start, say: (...line) => display.say(...line), stop, seconds });
  const summary = summarise({ directory, machine, ...facts });
  display.close();
  if (json) console.log(JSON.stringify(summary, undefined, 2));
  else printSummary(summary);
  if (!summary.ok) process.exitCode = 1;
} catch (error) {
  const reason = stop.signal.aborted ? stop.signal.reason : error;
  display.close();
  console.error(`demo: ${stop.signal.aborted ? reason.message : reason.stack}`);
  process.exitCode = reason.exitCode ?? 1;
} finally {
  await Promise.all(actors.map((actor) => actor.kill()));
  rmSync(directory, { recursive: true, maxRetries: 3 });
}

function start(role, program, ...args) {
  const actor = new Actor(role, program, [directory, ...args], stop);
  actors.push(actor);
  if (program !== 'copy.mjs') display.add(actor);
  return actor;
}

function optionsOrUsage() {
  try {
    const { values } = parseArgs({
      options: { seconds: { type: 'string', default: '10' }, json: { type: 'boolean' } },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= 1 && seconds <= 600)) throw new Error('--seconds must be a number from 1 to 600');
    return { seconds, json: values.json ?? false };
  } catch (error) {
    console.error(`demo: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function roomyDirectory() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize >= SPACE_BYTES) return '/dev/shm';
  } catch {
    // no shared memory file system here
  }
  return tmpdir();
}
