// A table of 500,000 address ranges, as GeoIP has, once in memory for all workers: each finds what it needs by binary search.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Follower, Master, remove } from 'jsonmmap';

const REGION = `lookup-example-${cluster.isPrimary ? process.pid : process.ppid}`;

if (cluster.isPrimary) {
  const master = Master.open(REGION, { initial: generated(500_000) });
  const bytes = master.sizes().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  console.log(`${master.size('/starts')} ranges, ${(bytes / 2 ** 20).toFixed(1)} MiB, shared by three workers`);
  const workers = [1, 2, 3].map(() => cluster.fork());
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  master.set('/countries/42', 'AQ'); // a range changes hands: kilobytes are written, not the table
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  master.close();
  remove(REGION);
} else {
  const table = Follower.open(REGION);
  const name = `worker ${cluster.worker.id}`;
  const address = table.get('/starts/42');
  table.once('change', () => {
    console.log(`${name}: ${address} is in ${countryOf(table.view, address)} now`);
    process.exit();
  });
  console.log(`${name}: ${address} is in ${countryOf(table.view, address)}, ${microseconds(table)} µs a lookup`);
  process.send('ready');
}

/** Returns the country of `address`, from one version of the table. Reads some twenty numbers of half a million. */
function countryOf({ starts, countries }, address) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= address) low = middle + 1;
    else high = middle;
  }
  return countries[low - 1];
}

function microseconds(table) {
  const before = process.cpuUsage();
  for (let i = 0; i < 20_000; i++) countryOf(table.view, Math.imul(i, 2246822519) >>> 1);
  return (process.cpuUsage(before).user / 20_000).toFixed(1);
}

function generated(ranges) {
  const names = ['AT', 'BR', 'CN', 'DE', 'FR', 'IN', 'JP', 'NG', 'SE', 'US'];
  const starts = [0];
  for (let i = 1; i < ranges; i++) starts[i] = starts[i - 1] + 1000 + (Math.imul(i, 2654435761) >>> 19);
  return { starts, countries: starts.map((_, i) => names[i % names.length]) };
}
