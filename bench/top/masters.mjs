// Is the master of as many regions as it is told: each changes ten times in a second. Ends with its parent.
import { Master } from 'jsonmmap';

const EVERY_MS = 100;
const masters = Array.from({ length: Number(process.argv[2]) }, (_, i) =>
  Master.open(`region-${i}`, { history: 20, initial: { turn: 0, text: 'x'.repeat(1000) } }),
);
let turn = 0;
setInterval(() => {
  turn++;
  for (const master of masters) master.set('/turn', turn);
}, EVERY_MS);
process.on('disconnect', () => process.exit());
process.send({ ready: true });
