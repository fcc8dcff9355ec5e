// Followers in as many worker threads as the second argument says, each with an event loop of its own. Says how each of them hears of news, then what
// they hear, line by line: "2 watch", "2 version 5", "2 master false". Ends when its standard input does.
// node follower-threads.mjs <directory> <threads>
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Follower } from 'jsonmmap';

if (isMainThread) start(process.argv[2], Number(process.argv[3]));
else follow(workerData);

/** One after the other, so that the first ones get what there is. */
async function start(dir, count) {
  const workers = [];
  for (let number = 1; number <= count; number++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { dir, number } });
    workers.push(worker);
    await new Promise((resolve) => worker.on('message', (line) => resolve(console.log(line))));
  }
  process.stdin.on('end', () => process.exit()).resume();
}

function follow({ dir, number }) {
  const follower = Follower.open('region', { dir }).ref();
  const say = (what) => parentPort.postMessage(`${number} ${what}`);
  follower.on('change', ({ version, snapshot }) => say(`version ${version} ${snapshot.get('/n')}`));
  follower.on('master', ({ alive }) => say(`master ${alive}`));
  follower.on('error', ({ message }) => say(`error ${message}`));
  say(follower.status().watching);
}
