/** What differs between two documents that are not versions of one region: found by the code that finds it between versions, in a region for the moment. */
import { rmSync } from 'node:fs';
import { Follower } from '../follower/follower.js';
import type { Snapshot } from '../follower/snapshot.js';
import type { JsonPatch } from '../format/compare/json-patch.js';
import { Master } from '../master/master.js';
import { makeTemporaryDirectory } from '../run/temporary-directory.js';

const NAME = 'comparison';

/** Calls `use` with the patch from one document to another, and the first one as a snapshot. O(size of both). @throws `ERR_NO_SPACE`, `ERR_DIRECTORY` */
export function compared<R>(from: unknown, to: unknown, use: (patch: JsonPatch, from: Snapshot) => R): R {
  const dir = makeTemporaryDirectory();
  const opened: { close(): void }[] = [];
  const closedLater = <T extends { close(): void }>(thing: T): T => {
    opened.unshift(thing);
    return thing;
  };
  try {
    const master = closedLater(Master.open(NAME, { dir, document: from, history: 2 }));
    const follower = closedLater(Follower.open(NAME, { dir }));
    const before = closedLater(follower.snapshot());
    return use(follower.diff(before.version, master.write(to)), before);
  } finally {
    for (const thing of opened) thing.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
