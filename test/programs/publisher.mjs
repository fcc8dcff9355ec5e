// node publisher.mjs <dir>: the master of region p; says "ready", publishes the next number for each line of its input, and closes at the end of it.
import { createInterface } from 'node:readline';
import { Master } from 'jsonmmap';

const master = Master.open('p', { dir: process.argv[2], initial: { n: 0 } });
console.log('ready');
createInterface({ input: process.stdin })
  .on('line', () => master.set('/n', master.current.n + 1))
  .on('close', () => master.close());
