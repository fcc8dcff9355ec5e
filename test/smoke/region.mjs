// A master and its followers: publish, read, be told, take over.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Follower, Master, remove } from '../../dist/index.js';
import { withDirectory } from './scratch.mjs';

const DOCUMENT = { flags: { beta: false }, list: [1, 2.5, 'drei', '四', null], deep: { a: { b: { c: true } } } };

/** Runs `body` with a master and a follower of one region. */
function withRegion(body) {
  return withDirectory(async (dir) => {
    const master = Master.open('smoke', { dir, initial: DOCUMENT });
    const follower = Follower.open('smoke', { dir });
    try {
      await body({ dir, master, follower });
    } finally {
      follower.close();
      master.close();
    }
  });
}

export async function followerReadsWhatTheMasterWrote() {
  await withRegion(({ master, follower }) => {
    assert.deepEqual(follower.current, DOCUMENT);
    assert.equal(JSON.stringify(follower.view), JSON.stringify(DOCUMENT));
    assert.equal(master.set('/flags/beta', true), 2);
    assert.deepEqual([follower.version, follower.get('/flags/beta')], [2, true]);
  });
}

export async function unchangedPartsStayTheSameObjects() {
  await withRegion(({ master, follower }) => {
    const before = follower.current;
    master.set('/list/0', 7);
    assert.equal(follower.current.deep, before.deep);
    assert.deepEqual([follower.current.list[0], before.list[0]], [7, 1]);
  });
}

export async function followerIsToldOfAChange() {
  await withRegion(async ({ master, follower }) => {
    const told = once(follower.ref(), 'change');
    master.set('/flags/beta', true);
    const [{ version, patch }] = await told;
    assert.equal(version, 2);
    assert.deepEqual(patch, [{ op: 'replace', path: '/flags/beta', value: true }]);
  });
}

export async function snapshotOutlivesTheSegmentItLiesIn() {
  await withRegion(({ dir, master, follower }) => {
    const snapshot = follower.snapshot();
    const segment = readdirSync(dir).find((name) => name.endsWith('.seg'));
    for (let i = 0; readdirSync(dir).includes(segment); i++) {
      assert.ok(i < 10_000, 'the master never compacted');
      master.set('/text', `${i} ${'x'.repeat(1000)}`);
    }
    assert.deepEqual(snapshot.current, DOCUMENT);
  });
}

export async function secondMasterIsRefused() {
  await withRegion(({ dir }) => {
    assert.throws(() => Master.open('smoke', { dir }), { code: 'ERR_REGION_LOCKED', pid: process.pid });
  });
}

export async function nextMasterTakesOver() {
  await withRegion(({ dir, master, follower }) => {
    master.close();
    const next = Master.open('smoke', { dir, initial: {} });
    assert.equal(next.set('/flags/beta', true), 2);
    assert.equal(follower.get('/flags/beta'), true);
    next.close();
  });
}

export async function workerThreadFollows() {
  await withRegion(async ({ dir, master }) => {
    const worker = new Worker(new URL('./follower.mjs', import.meta.url), { workerData: { dir } });
    await once(worker, 'message');
    const told = once(worker, 'message');
    master.set('/flags/beta', true);
    assert.deepEqual((await told)[0].flags, { beta: true });
    await worker.terminate();
  });
}

export async function removedRegionIsGone() {
  await withRegion(({ dir, master }) => {
    master.close();
    remove('smoke', { dir });
    assert.deepEqual(readdirSync(dir), []);
    assert.throws(() => Follower.open('smoke', { dir }), { code: 'ERR_REGION_NOT_FOUND' });
  });
}

/** Left open: the runtime must end all the same. */
export async function listeningFollowerKeepsNoProcessAlive() {
  await withRegion(({ dir }) => {
    globalThis.leftListening = Follower.open('smoke', { dir }).on('change', () => {});
  });
}
