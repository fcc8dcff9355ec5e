// Exclusive locks that belong to an open file and can be queried without taking them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { system, withFile } from './scratch.mjs';

const { locks } = system;

export async function secondDescriptorIsRefusedUntilTheFirstIsClosed() {
  await withFile(1, ({ path }) => {
    const [first, other] = [openSync(path, 'r+'), openSync(path, 'r+')];
    assert.equal(locks.tryLock(first), true);
    assert.equal(locks.tryLock(first), true);
    assert.equal(locks.tryLock(other), false);
    closeSync(first);
    assert.equal(locks.tryLock(other), true);
    closeSync(other);
  });
}

export async function readerSeesTheLockWithoutTakingIt() {
  await withFile(1, ({ path }) => {
    const [holder, reader] = [openSync(path, 'r+'), openSync(path, 'r')];
    assert.equal(locks.isLocked(reader), false);
    locks.tryLock(holder);
    assert.deepEqual([locks.isLocked(reader), locks.isLocked(holder)], [true, false]);
    closeSync(holder);
    assert.equal(locks.isLocked(reader), false);
    closeSync(reader);
  });
}

export async function closingAnotherDescriptorKeepsTheLock() {
  await withFile(1, ({ fd, path }) => {
    locks.tryLock(fd);
    closeSync(openSync(path, 'r+'));
    const reader = openSync(path, 'r');
    assert.equal(locks.isLocked(reader), true);
    closeSync(reader);
  });
}

export async function closingTheHolderDropsTheLock() {
  await withFile(1, ({ path }) => {
    const [holder, reader] = [openSync(path, 'r+'), openSync(path, 'r')];
    locks.tryLock(holder);
    closeSync(holder);
    assert.equal(locks.isLocked(reader), false);
    closeSync(reader);
  });
}

/** A child must not inherit the lock: it would keep the region locked after the master's death. */
export async function childProcessDoesNotHoldTheLock() {
  await withFile(1, ({ path }) => {
    const [holder, reader] = [openSync(path, 'r+'), openSync(path, 'r')];
    locks.tryLock(holder);
    spawnSync('true');
    closeSync(holder);
    assert.equal(locks.isLocked(reader), false);
    closeSync(reader);
  });
}

export async function wrongDescriptorsHaveCodes() {
  for (const call of [locks.tryLock, locks.isLocked]) {
    assert.throws(() => call(1_000_000), { code: 'EBADF', syscall: 'fcntl' });
    assert.throws(() => call('none'), { code: 'EINVAL' });
    assert.throws(() => call(), { code: 'EINVAL' });
  }
}
