// A follower that reads the payload in every way without a pause until its standard input ends; then it says what it has seen, as JSON.
// node follower-stress.mjs <directory>
import { setImmediate } from 'node:timers/promises';
import { Follower } from 'jsonmmap';
import { faultAt, faultOf } from './master-payload.mjs';

const [dir] = process.argv.slice(2);
const HELD = 20;
/** Whole documents are read, in two ways, every so many times; else a few paths. */
const WHOLE_EVERY = 101;
const follower = Follower.open('crash', { dir });
const seen = { reads: 0, versions: 0, changes: 0, torn: [], backwards: 0 };
const held = [];
let last = 0;
let told = 0;
let running = true;
process.stdin.on('end', () => (running = false)).resume();
follower.on('change', ({ version, previousVersion, patch }) => {
  seen.changes++;
  if (previousVersion !== told && told > 0) seen.torn.push(`a change from ${previousVersion} after one to ${told}`);
  if (!patch.some(({ path, value }) => (path === '/counter' || path === '') && (value.counter ?? value) === version)) {
    seen.torn.push(`the patch to ${version} does not say so`);
  }
  told = version;
});
console.log('attached');

/** Notes what was wrong with a read. */
function note(fault) {
  seen.reads++;
  if (fault !== undefined && seen.torn.length < 10) seen.torn.push(fault);
}

function look(snapshot) {
  const { version } = snapshot;
  if (version < last) seen.backwards++;
  if (version !== last) seen.versions++;
  last = version;
  if (seen.reads % WHOLE_EVERY === 0) note(faultOf(seen.reads % 2 ? snapshot.current : snapshot.view, version));
  else note(faultAt((path) => snapshot.get(path), version, seen.reads));
  held[seen.versions % HELD] = snapshot;
}

while (running) {
  for (let i = 0; i < 50; i++) {
    look(follower.snapshot());
    const { counter } = follower.current;
    if (counter < last) seen.backwards++;
  }
  await setImmediate();
}
for (const snapshot of held) if (snapshot) note(faultOf(snapshot.current, snapshot.version));
follower.close();
console.log(JSON.stringify(seen));
