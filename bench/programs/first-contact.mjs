// A process that reads a region for the first time, or a file of 3 KB. Tells the nanoseconds, and how often the engine began or ended a mark cycle.
import { readFileSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Follower } from 'jsonmmap';
import { nanoseconds } from '../measure.mjs';

const [what, argument, path] = process.argv.slice(2);
const ways = {
  open: () => Follower.open(argument).get(path),
  read: () => readFileSync(argument, 'utf8'),
};
const marking = [constants.NODE_PERFORMANCE_GC_MAJOR, constants.NODE_PERFORMANCE_GC_INCREMENTAL];

let markings = 0;
let counting = false;
const observer = new PerformanceObserver((list) => {
  if (counting) markings += list.getEntries().filter(({ detail }) => marking.includes(detail.kind)).length;
});
observer.observe({ entryTypes: ['gc'] });
await delay(20); // what the start of the process left to do
counting = true;
let value;
const elapsed = nanoseconds(() => {
  value = ways[what]();
});
if (value === undefined) throw new Error(`there is no ${path} in ${argument}`);
await delay(100); // a cycle that began goes on beside the program
process.send({ elapsed, markings }, () => process.exit(0));
