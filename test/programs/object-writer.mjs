// Writes self-describing objects in a loop until its standard input ends, then says which was the last.
// node object-writer.mjs <kind of payload> <length of the mapping>
import { setImmediate } from 'node:timers/promises';
import { ObjectMmap } from 'jsonmmap/mmap';
import { payload } from './payload.mjs';

const [kind, length] = process.argv.slice(2);
const master = new ObjectMmap(-1, Number(length));
let running = true;
process.stdin.on('end', () => (running = false)).resume();

let last = 100_000;
let refused = 0;
while (running) {
  for (let i = 0; i < 20; i++) if (!master.jsonWrite(payload(kind, ++last))) refused++;
  await setImmediate();
}
console.log(JSON.stringify({ last, refused }));
