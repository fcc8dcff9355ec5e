// Is an application: it listens for changes. Told `measure`, it answers with how late they came and how long its event loop stood still at the most. Ends with its parent.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Follower } from 'jsonmmap';
import { REGION } from './document.mjs';

const follower = Follower.open(REGION).ref();
const stalls = monitorEventLoopDelay({ resolution: 1 });
stalls.enable();
let samples = [];
follower.on('change', ({ patch }) => {
  const last = patch?.at(-1);
  if (typeof last?.value === 'number') samples.push(Number(process.hrtime.bigint()) - last.value);
});
process.on('message', () => {
  process.send({ samples, longestStallNs: stalls.max });
  samples = [];
  stalls.reset();
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
