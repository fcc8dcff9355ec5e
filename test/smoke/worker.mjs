// Maps, writes, reports, and stays until it is terminated: its mapping is open at that moment.
import { openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { page, system } from './scratch.mjs';

const mapping = system.map({ fd: openSync(workerData.path, 'r+'), offset: 0, length: page, access: 'write' });
new Uint8Array(mapping.buffer)[3] = 33;
parentPort.on('message', () => mapping.close());
parentPort.postMessage('written');
