// Worker threads: a thread that never returns to its event loop, and so gets no message, still sees what the main thread writes.
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
import { Follower, Master, remove } from 'jsonmmap';

const REGION = `threads-example-${process.pid}`;

if (isMainThread) {
  const master = Master.open(REGION, { initial: { step: 1, stop: false } });
  const threads = [1, 2].map(() => new Worker(new URL(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const reports = threads.map((thread) => once(thread, 'message'));
  for (let step = 1; step <= 5; step++) {
    master.set('/step', step);
    await setTimeout(100);
  }
  master.set('/stop', true);
  for (const [report] of await Promise.all(reports)) console.log(report);
  master.close();
  remove(REGION);
} else {
  const settings = Follower.open(REGION);
  const steps = new Set();
  let rounds = 0;
  parentPort.postMessage('ready');
  let now;
  do {
    now = settings.current;
    steps.add(now.step);
    rounds++;
  } while (!now.stop);
  parentPort.postMessage(`thread ${threadId}: ${rounds} rounds without a pause, steps seen: ${[...steps].join(' ')}`);
}
