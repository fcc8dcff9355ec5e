// A follower that acquires without a pause and checks every number that it sees, until its standard input ends; then it says what it has seen.
// node region-follower.mjs <directory> <name>
import { setImmediate } from 'node:timers/promises';
import { RegionReader } from '../../lib/region/reader.js';
import { isWhole } from './region-payload.mjs';

const [dir, name] = process.argv.slice(2);
const HELD = 50;
const reader = RegionReader.open(name, { dir });
let running = true;
process.stdin.on('end', () => (running = false)).resume();
console.log('attached');

const seen = { versions: 0, torn: 0, backwards: 0, last: 0 };
const held = [];
while (running) {
  for (let i = 0; i < 20; i++) if (reader.changedSince(seen.last)) look();
  await setImmediate();
}
look();
seen.torn += held.filter((acquired) => !isWhole(acquired)).length;
reader.close();
console.log(JSON.stringify(seen));

function look() {
  const acquired = reader.acquire();
  const { version } = acquired.commit;
  if (!isWhole(acquired)) seen.torn++;
  if (version < seen.last) seen.backwards++;
  seen.versions++;
  seen.last = version;
  if (version % 7 === 0) held[seen.versions % HELD] = acquired;
  if (version > 3) checkKept(version - 2);
}

/** Of three kept versions, the master may have published past one or two since. */
function checkKept(version) {
  try {
    if (!isWhole(reader.acquireAt(version))) seen.torn++;
  } catch (error) {
    if (error.code !== 'ERR_VERSION_GONE') throw error;
  }
}
