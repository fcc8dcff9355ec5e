// Wrong requests end in an error with a code.
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { page, system, withFile } from './scratch.mjs';

export async function wrongRequestsHaveCodes() {
  await withFile(1, ({ fd }) => {
    const request = { fd, offset: 0, length: page, access: 'write' };
    assert.throws(() => system.map({ ...request, length: 0 }), { code: 'EINVAL', syscall: 'mmap' });
    assert.throws(() => system.map({ ...request, length: -1 }), { code: 'ENOMEM' });
    assert.throws(() => system.map({ ...request, offset: 1 }), { code: 'EINVAL' });
    assert.throws(() => system.map({ ...request, fd: 1_000_000 }), { code: 'EBADF' });
    assert.throws(() => system.map({ ...request, fd: 'none' }), { code: 'EINVAL' });
    assert.throws(() => system.map({ ...request, length: Number.MAX_SAFE_INTEGER }), { code: 'ENOMEM' });
  });
}

export async function wrongDescriptorsHaveCodes() {
  await withFile(1, ({ path }) => {
    const readOnly = openSync(path, 'r');
    const directory = openSync(tmpdir(), 'r');
    assert.throws(() => system.map({ fd: readOnly, offset: 0, length: page, access: 'write' }), { code: 'EACCES' });
    assert.throws(() => system.map({ fd: directory, offset: 0, length: page, access: 'read' }), { code: 'ENODEV' });
    assert.throws(() => system.allocate(readOnly, 0, page), { code: 'EBADF' });
    closeSync(readOnly);
    closeSync(directory);
  });
}

export async function rangesOutsideTheMappingAreRefused() {
  await withFile(1, ({ map }) => {
    const mapping = map('write');
    assert.throws(() => mapping.sync(0, page + 1), { code: 'EINVAL' });
    assert.throws(() => mapping.sync(-1, 1), { code: 'EINVAL' });
    assert.throws(() => mapping.advise(page, 1, 0), { code: 'EINVAL' });
    mapping.close();
    assert.throws(() => mapping.sync(0, page), { code: 'EINVAL' });
    assert.throws(() => mapping.advise(0, page, 0), { code: 'EINVAL' });
  });
}

/** Some runtimes take any length, some refuse from 4 GiB on, and Node 20 runs the finalizer after refusing. */
export async function hugeMappingIsMadeOrRefused() {
  await withFile(1, async ({ fd }) => {
    for (const length of [2 ** 32 + page, 2 ** 36, 2 ** 46]) {
      try {
        system.map({ fd, offset: 0, length, access: 'read' }).close();
      } catch (error) {
        assert.ok(['EOVERFLOW', 'ENOMEM'].includes(error.code), error.stack);
      }
    }
  });
}

export async function fullFileSystemIsAnError() {
  await withFile(0, ({ fd }) => {
    assert.throws(
      () => system.allocate(fd, 0, 2 ** 60),
      (error) => ['ENOSPC', 'EFBIG'].includes(error.code),
    );
  });
}
