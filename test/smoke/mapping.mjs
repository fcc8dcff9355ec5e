// Map, write, read back, grow, sync, unmap.
import assert from 'node:assert/strict';
import { fstatSync, readFileSync } from 'node:fs';
import { page, system, timesMapped, withFile } from './scratch.mjs';

export async function runsOverRealMappings() {
  assert.equal(system.kind, 'native');
}

export async function oneMappingSeesWhatAnotherWrites() {
  await withFile(1, ({ map, path }) => {
    const [writer, reader] = [map('write'), map('read')];
    new Uint8Array(writer.buffer)[7] = 42;
    assert.equal(new Uint8Array(reader.buffer)[7], 42);
    assert.equal(readFileSync(path)[7], 42);
    writer.close();
    reader.close();
  });
}

export async function copyKeepsStoresToItself() {
  await withFile(1, ({ map, path }) => {
    const copy = map('copy');
    new Uint8Array(copy.buffer)[0] = 1;
    assert.equal(readFileSync(path)[0], 0);
    copy.close();
  });
}

export async function anonymousMemoryIsZeroAndWritable() {
  const memory = system.map({ fd: -1, offset: 0, length: 3 * page, access: 'write' });
  const words = new Uint32Array(memory.buffer);
  assert.ok(words.every((word) => word === 0));
  Atomics.store(words, 1, 0xffff_ffff);
  assert.equal(Atomics.load(words, 1), 0xffff_ffff);
  memory.close();
}

export async function closeDetachesViewsAndUnmaps() {
  await withFile(1, ({ map, path }) => {
    const mapping = map('write');
    const view = new Uint8Array(mapping.buffer);
    assert.equal(timesMapped(path), 1);
    mapping.close();
    assert.deepEqual([view.length, mapping.buffer.byteLength, timesMapped(path)], [0, 0, 0]);
    assert.equal(view[0], undefined);
    mapping.close();
  });
}

export async function fileGrowsUnderItsMapping() {
  await withFile(0, ({ fd }) => {
    const mapping = system.map({ fd, offset: 0, length: 4 * page, access: 'write' });
    system.allocate(fd, 0, 2 * page);
    assert.equal(fstatSync(fd).size, 2 * page);
    assert.ok(fstatSync(fd).blocks * 512 >= 2 * page);
    new Uint8Array(mapping.buffer)[2 * page - 1] = 9;
    system.allocate(fd, 2 * page, 2 * page);
    assert.equal(new Uint8Array(mapping.buffer)[4 * page - 1], 0);
    mapping.close();
  });
}

export async function syncAndAdviseTakeRanges() {
  const WILLNEED = 3;
  await withFile(2, ({ map }) => {
    const mapping = map('write');
    mapping.sync(0, page);
    mapping.advise(0, page, WILLNEED);
    mapping.close();
  });
}

/** `close` must not take away pages that an ArrayBuffer still shows, wherever they were transferred to. */
export async function transferredBufferOutlivesClose() {
  if (ArrayBuffer.prototype.transfer === undefined) return 'no ArrayBuffer.prototype.transfer here';
  return withFile(1, ({ map }) => {
    const mapping = map('write');
    const view = new Uint8Array(mapping.buffer.transfer());
    view[0] = 5;
    mapping.close();
    assert.equal(view[0], 5);
  });
}
