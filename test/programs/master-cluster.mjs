// A cluster: its primary process is the master, its workers follow and say what they see. Says one line for each worker and version.
// node master-cluster.mjs <directory> <workers> <versions>
import cluster from 'node:cluster';
import { Follower, Master } from 'jsonmmap';

const [dir, workers, versions] = process.argv.slice(2);
if (cluster.isPrimary) lead(Number(workers), Number(versions));
else follow();

async function lead(count, last) {
  const master = Master.open('region', { dir, initial: { n: 1 } });
  const forked = Array.from({ length: count }, () => cluster.fork());
  const seen = (version) =>
    Promise.all(
      forked.map((worker) => new Promise((resolve) => worker.on('message', (n) => n === version && resolve()))),
    );
  let all = seen(1);
  for (let n = 1; n <= last; n++) {
    await all;
    console.log(`${count} workers see ${n}`);
    all = seen(n + 1);
    if (n < last) master.set('/n', n + 1);
  }
  for (const worker of forked) worker.disconnect();
  master.close();
}

function follow() {
  const follower = Follower.open('region', { dir });
  follower.on('change', () => process.send(follower.current.n));
  process.send(follower.current.n);
}
