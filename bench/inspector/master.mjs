// Is the master: one key every 10 ms. Told `measure`, it answers with what its sets took since the last time. Ends with its parent.
import { Master } from 'jsonmmap';
import { makeDocument, pathOf, REGION } from './document.mjs';

const EVERY_MS = 10;
const master = Master.open(REGION, { history: 200, control: true, initial: makeDocument() });
let samples = [];
let turn = 0;
setInterval(() => {
  const path = pathOf(turn++);
  const started = process.hrtime.bigint();
  // The time of the publish is the value: the follower reads how old it is.
  master.set(path, Number(started));
  samples.push(Number(process.hrtime.bigint() - started));
}, EVERY_MS);
process.on('message', () => {
  process.send({ samples });
  samples = [];
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
