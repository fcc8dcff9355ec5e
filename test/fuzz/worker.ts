/**
 * Tries cases one after the other, for `scripts/fuzz.mjs`, which has compiled this: as a process of its own, because a case may hang or end it. Before
 * each case its seed goes into a file, where it stays whatever happens; findings go to standard output, one line of JSON each.
 */
import { openSync, writeSync } from 'node:fs';
import { argv } from 'node:process';
import { cleanUp, tryRegion } from './region-cases.js';
import { tryTree } from './tree-cases.js';

const [firstSeed, count, regionShare] = argv.slice(2, 5).map(Number);
const progress = openSync(argv[5], 'w');
const seedBeingTried = new Float64Array(1);
Error.stackTraceLimit = 0;

for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  seedBeingTried[0] = seed;
  writeSync(progress, seedBeingTried, 0, 8, 0);
  if ((await faultOf(seed)) !== undefined) await tellOf(seed);
  if (seed % 1000 === 0) await turnOfTheLoop();
}
cleanUp();
seedBeingTried[0] = firstSeed + count;
writeSync(progress, seedBeingTried, 0, 8, 0);

async function faultOf(seed: number): Promise<unknown> {
  try {
    if (seed % regionShare === 0) await tryRegion(seed);
    else await tryTree(seed);
    return undefined;
  } catch (error) {
    return error ?? 'undefined was thrown';
  }
}

/** Again, this time with stacks: making one for each refused read would take most of the time. */
async function tellOf(seed: number): Promise<void> {
  Error.stackTraceLimit = 30;
  const fault = await faultOf(seed);
  Error.stackTraceLimit = 0;
  const stack = fault instanceof Error ? fault.stack : `${fault}, and only the first time`;
  console.log(JSON.stringify({ seed, stack }));
}

/** What was mapped is unmapped by finalizers, and those wait for it. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
