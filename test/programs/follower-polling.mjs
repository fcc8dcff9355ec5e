// A follower that polls in loops that do nothing else, compiled to machine code by the time a change comes; says what they saw.
// node follower-polling.mjs <directory> <polls until it is compiled>
import { writeSync } from 'node:fs';
import { Follower } from 'jsonmmap';

const UNTIL_COMPILED = Number(process.argv[3]);
const follower = Follower.open('region', { dir: process.argv[2] });

function pollVersion(last, most) {
  let polls = 0;
  while (polls < most && follower.version === last) polls++;
  return follower.version;
}

function pollCurrent(last, most) {
  let polls = 0;
  while (polls < most && follower.current.n === last) polls++;
  return follower.current.n;
}

for (const poll of [pollVersion, pollCurrent]) {
  const last = poll(undefined, 0);
  poll(last, UNTIL_COMPILED);
  writeSync(1, 'polling\n'); // the event loop does not turn any more
  writeSync(1, `${poll(last, Number.POSITIVE_INFINITY)}\n`);
}
