// `Mmap` and `ObjectMmap` as users meet them.
import assert from 'node:assert/strict';
import { Mmap, ObjectMmap } from '../../dist/index.js';
import { withFile } from './scratch.mjs';

export async function positionMovesAsInPython() {
  const mmap = new Mmap(-1, 100);
  assert.equal(mmap.write('first line\nsecond'), 17);
  assert.equal(mmap.seek(0), 0);
  assert.equal(String(mmap.readLine()), 'first line\n');
  assert.equal(mmap.find('second', 0), 11);
  mmap.close();
  assert.throws(() => mmap.tell(), { code: 'ERR_CLOSED' });
}

/**
 * A frame as Python writes it, read often enough that every engine compiles the way to it: an atomic load must not become a store to a
 * read-only page.
 */
export async function foreignFrameIsReadFromAReadOnlyMappingInALoop() {
  await withFile(1, ({ fd }) => {
    const writer = new Mmap(fd, 0);
    const follower = new ObjectMmap(fd, 0, { access: 'read' });
    writer.write('7:{"a":1}');
    for (let i = 0; i < 20_000; i++) assert.equal(follower.jsonReadFollower().a, 1);
    writer.close();
    follower.close();
  });
}

export async function masterWritesAndFollowerReads() {
  await withFile(1, ({ fd }) => {
    const master = new ObjectMmap(fd, 0);
    const follower = new ObjectMmap(fd, 0, { access: 'read' });
    assert.equal(follower.jsonReadFollower(), null);
    assert.equal(master.jsonWrite({ any: 'öbject' }), true);
    assert.deepEqual(follower.jsonReadFollower(), { any: 'öbject' });
    assert.equal(follower.jsonWrite({}), false);
    master.close();
    follower.close();
  });
}
