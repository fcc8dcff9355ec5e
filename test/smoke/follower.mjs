// Follows a region in a worker thread, and posts every document that it is told of.
import { parentPort, workerData } from 'node:worker_threads';
import { Follower } from '../../dist/index.js';

const follower = Follower.open('smoke', { dir: workerData.dir }).ref();
follower.on('change', ({ snapshot }) => parentPort.postMessage(snapshot.current));
parentPort.postMessage(follower.current);
