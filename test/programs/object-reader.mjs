// Reads objects in a loop for some time and until it has seen that many different ones, and says what it saw.
// node object-reader.mjs <kind of payload> <length of the mapping> <milliseconds> <versions>
import { ObjectMmap } from 'jsonmmap/mmap';
import { isWhole } from './payload.mjs';

const [kind, ...numbers] = process.argv.slice(2);
const [length, milliseconds, versions] = numbers.map(Number);
const follower = new ObjectMmap(-1, length, { access: 'read' });
const seen = { reads: 0, versions: 0, torn: 0, backwards: 0 };
const start = performance.now();
const elapsed = () => performance.now() - start;
let last = 0;
while (elapsed() < 20_000 && (elapsed() < milliseconds || seen.versions < versions)) {
  const object = follower.jsonReadFollower();
  if (object === null) continue;
  seen.reads++;
  if (!isWhole(kind, object)) seen.torn++;
  else if (object[0] < last) seen.backwards++;
  else if (object[0] > last) seen.versions++;
  last = object[0];
}
console.log(JSON.stringify(seen));
