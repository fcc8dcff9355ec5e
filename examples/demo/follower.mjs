/**
 * A process that reads: checks every version it is told of, and measures how late it is told and for how long its event loop ever stalls.
 * node --expose-gc follower.mjs <directory>
 */
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Follower } from 'jsonmmap';
import { isWhole, monotonicMs, UNTOUCHED } from './payload.mjs';
import { Quantiles } from './quantiles.mjs';
import { isMapped, options, privateBytes, REGION, takeCommands, tell } from './stage.mjs';

const STALL_RESOLUTION_MS = 5;

const bareBytes = await privateBytes();
const counts = { versions: 0, conflated: 0, torn: 0, backwards: 0, replaced: 0 };
/** Who was seen to be master, from which version on, and since when. */
const masters = [];
const latencies = new Quantiles();
let recent = new Quantiles();
const stalls = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
let last = { version: 0, beat: { sentMs: 0 } };

takeCommands({ look, finish, leave: () => process.exit() });
const follower = await Follower.when(REGION, options);
const untouched = follower.select(UNTOUCHED);
const firstValue = untouched.value;
follower.on('change', onChange);
check(follower.snapshot(), monotonicMs());
stalls.enable();
tell('ready', { mapped: isMapped() });

function onChange(change) {
  const seenMs = monotonicMs();
  counts.conflated += change.version - change.previousVersion - 1;
  const { rewrites } = last.beat;
  const beat = check(change.snapshot, seenMs);
  if (beat.rewrites > rewrites) tell('patch', { operations: change.patch.length });
  if (!beat.steady) return;
  latencies.add(seenMs - beat.sentMs);
  recent.add(seenMs - beat.sentMs);
}

/** Looks through a version for what must never be seen. Returns its beat. */
function check(snapshot, seenMs) {
  const beat = snapshot.get('/beat');
  counts.versions++;
  if (!isWhole(snapshot)) counts.torn++;
  if (snapshot.version <= last.version || beat.sentMs < last.beat.sentMs) counts.backwards++;
  if (untouched.value !== firstValue) counts.replaced++;
  if (beat.pid !== last.beat.pid) masters.push({ pid: beat.pid, version: snapshot.version, seenMs });
  last = { version: snapshot.version, beat };
  return beat;
}

function look() {
  tell('look', { version: last.version, latency: recent.summary(), stallMs: longestStallMs() });
  recent = new Quantiles();
}

/** Sees `version`, the last one, and gives account. Stays meanwhile: memory counts as shared while another process uses it too. */
async function finish(version) {
  while (last.version < version) await once(follower, 'change');
  const stallMs = longestStallMs();
  stalls.disable();
  const memory = { bareBytes, privateBytes: await privateBytes() };
  await tell('account', {
    version: last.version,
    ...counts,
    latency: latencies.summary(),
    stallMs,
    masters,
    ...memory,
  });
  process.exit();
}

/** How much later than it was due the most belated timer came; undefined before the first. */
function longestStallMs() {
  if (stalls.count === 0) return undefined;
  return Math.max(0, stalls.max / 1e6 - STALL_RESOLUTION_MS);
}
