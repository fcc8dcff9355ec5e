// Every thread loads the addon for itself; a thread that ends takes its own mappings along and nobody else's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { withFile } from './scratch.mjs';

export async function workerWritesWhatThisThreadReads() {
  await withFile(1, async ({ map, path }) => {
    const mapping = map('read');
    const worker = startWorker(path);
    await once(worker, 'message');
    assert.equal(new Uint8Array(mapping.buffer)[3], 33);
    await worker.terminate();
    assert.equal(new Uint8Array(mapping.buffer)[3], 33);
    mapping.close();
  });
}

export async function workersComeAndGoWithMappingsOpen() {
  await withFile(1, async ({ map, path }) => {
    const mapping = map('write');
    for (let i = 0; i < 5; i++) {
      const worker = startWorker(path);
      await once(worker, 'message');
      await worker.terminate();
    }
    new Uint8Array(mapping.buffer)[0] = 1;
    mapping.close();
  });
}

function startWorker(path) {
  return new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { path } });
}
