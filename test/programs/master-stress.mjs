// A master that publishes the payload in every way, as fast as it can, until its standard input ends; then it says its version and the files it left.
// node master-stress.mjs <directory>
import { setImmediate } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { publishNext } from './master-payload.mjs';

const [dir] = process.argv.slice(2);
const master = Master.open('crash', { dir });
let running = true;
process.stdin.on('end', () => (running = false)).resume();
publishNext(master);
console.log('open');
while (running) {
  for (let i = 0; i < 20; i++) publishNext(master);
  await setImmediate();
}
console.log(JSON.stringify({ version: master.version, segment: master.sizes().at(-1).path }));
master.close();
