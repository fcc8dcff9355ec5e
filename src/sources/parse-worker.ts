/** The thread that does tasks. */
import { parentPort } from 'node:worker_threads';
import { answer, type Task } from './work.js';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(answer(task)));
