// A worker thread with a master: opens it, publishes what it is told to, and says the versions.
import { parentPort, workerData } from 'node:worker_threads';
import { Master } from 'jsonmmap';

const master = Master.open('region', workerData);
parentPort.on('message', (value) => parentPort.postMessage(master.set('/n', value)));
parentPort.postMessage(master.version);
