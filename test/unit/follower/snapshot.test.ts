/** Snapshots: many reads of one version, whatever happens meanwhile. */
import { rmSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Follower, type Master, remove, type Snapshot } from '../../../src/index.js';
import { expectAgreement } from '../master/agreement.js';
import { newDirectory, openFollower, openMaster } from '../master/kit.js';

const DOCUMENT = {
  rows: Array.from({ length: 200 }, (_, i) => ({ i, text: `row ${i}` })),
  names: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`name ${i}`, i])),
};
const PATHS = [['rows', '150'], ['names', 'name 50'], ['rows'], ['names']];

let dir: string;
let master: Master;
let follower: Follower;
beforeEach(() => {
  dir = newDirectory();
  master = openMaster(dir, { initial: DOCUMENT });
  follower = openFollower(dir);
});

/** One that has read nothing yet, one that has been read in all ways, and one that was made from a version before. */
function snapshots(): Snapshot[] {
  const fresh = openFollower(dir).snapshot();
  const read = follower.snapshot();
  expectAgreement(read, DOCUMENT, PATHS);
  return [fresh, read];
}

function writeThroughCompactions(): void {
  const before = master.sizes()[0].path;
  for (let i = 0; master.sizes()[0].path === before || i < 20; i++) master.set('/rows/7', `${i} `.repeat(30_000));
}

describe('a snapshot', () => {
  it('stays at its version, and each is one of its own', () => {
    expect(follower.snapshot()).not.toBe(follower.snapshot());
    const before = follower.snapshot();
    expect(before.view).toBe(before.view);
    expect(before.current).toBe(follower.current);
    master.set('/new', 1);
    expect(before.version).toBe(1);
    expect(follower.snapshot().version).toBe(2);
  });

  it('stays through compactions', () => {
    const held = snapshots();
    writeThroughCompactions();
    for (const snapshot of held) expectAgreement(snapshot, DOCUMENT, PATHS);
  });

  it('stays when its master closes, and its follower', () => {
    const held = snapshots();
    master.close();
    follower.close();
    for (const snapshot of held) expectAgreement(snapshot, DOCUMENT, PATHS);
  });

  it('stays when the region is removed', () => {
    const held = snapshots();
    master.close();
    remove('region', { dir });
    for (const snapshot of [...held, follower.snapshot()]) expectAgreement(snapshot, DOCUMENT, PATHS);
    expect(follower.status()).toMatchObject({ removed: true, masterAlive: false });
  });

  it('stays when somebody deletes the files', () => {
    const held = snapshots();
    rmSync(dir, { recursive: true });
    for (const snapshot of [...held, follower.snapshot()]) expectAgreement(snapshot, DOCUMENT, PATHS);
  });

  it('can be held by the thousand', () => {
    const held = Array.from({ length: 1000 }, (_, i) => {
      master.set('/names/name 1', `${i} `.repeat(500));
      return follower.snapshot();
    });
    held.forEach((snapshot, i) => {
      expect(snapshot.get('/names/name 1')).toBe(`${i} `.repeat(500));
      expect(snapshot.size('/rows')).toBe(200);
    });
  });

  it('keeps the objects of the version before it, though that was never asked for', () => {
    const { current } = follower as Follower<typeof DOCUMENT>;
    master.set('/rows/1/text', 'first');
    follower.snapshot();
    master.set('/rows/2/text', 'second');
    const after = (follower as Follower<typeof DOCUMENT>).current;
    expect(after.names).toBe(current.names);
    expect(after.rows[3]).toBe(current.rows[3]);
    expect([after.rows[1].text, after.rows[2].text]).toEqual(['first', 'second']);
  });
});
