/** What a new master does first: find the newest commit, and remove what dead masters left half done. */
import { closeSync, fchmodSync } from 'node:fs';
import { perform } from '../errors.js';
import { commitAt, newestCommit } from './control/commits.js';
import type { Control } from './control/control.js';
import { restoreDurableCommits } from './control/durable-commits.js';
import type { Commit } from './control/record.js';
import { type Disk, giveUpDurability } from './durability/disk.js';
import { corrupt } from './errors.js';
import { failpoint } from './failpoints.js';
import { unlinkIfThere } from './files/files.js';
import { HEADER_BYTES } from './files/layout.js';
import type { RegionPaths } from './files/paths.js';
import { unlinkSocket, unlinkTemporary } from './mastership/unlink.js';
import { checkHistoryFits } from './options.js';
import type { SegmentSetting } from './segment/master-segments.js';
import type { OldSegments } from './segment/retention.js';
import { createSegment, openSegment, type SegmentFile, takeOver } from './segment/segment-file.js';
import { WritableSegment } from './segment/writable-segment.js';

/** A claimed region, and what its new master asks of it. */
export interface Recovery extends SegmentSetting {
  readonly control: Control;
  readonly history: number;
  /** Gets the segments that the guaranteed versions need besides the current one. */
  readonly old: OldSegments;
  /** Where versions have to survive power loss. */
  readonly disk: Disk | undefined;
}

/** A region ready to be written. */
export interface Recovered {
  readonly commit: Commit | undefined;
  readonly segment: WritableSegment;
}

/**
 * Returns the region as its last commit left it; an empty one gets its first segment. What is above the last watermark is overwritten later,
 * so nothing has to be repaired (I12). O(history + files in the directory).
 * @throws `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_INVALID_ARG`, `ERR_NO_SPACE`, `ERR_SYSTEM`
 */
export function recover(recovery: Recovery): Recovered {
  const { control, disk, history, paths } = recovery;
  checkHistoryFits(history, control.ring.capacity);
  disk?.secureSlots();
  restoreDurableCommits(control);
  const commit = newestCommit(control.ring);
  const needed = segmentsNeeded(control, commit, history);
  const published = commit && reopen(recovery, commit);
  settleDurability(recovery, commit, needed);
  removeOrphans(paths, needed);
  const segment = published ?? firstSegment(recovery);
  control.state.history = history;
  keepOldSegments(recovery, needed);
  return { commit, segment };
}

/** From here on the region is as durable as this master was asked for, whatever it was before. */
function settleDurability(
  { control, disk }: Recovery,
  commit: Commit | undefined,
  needed: ReadonlyMap<number, number>,
): void {
  if (disk !== undefined) disk.establish(commit, needed.keys());
  else if (control.state.durable) giveUpDurability(control);
}

/** The segments that hold the guaranteed versions, each with the newest of them. */
function segmentsNeeded({ ring }: Control, newest: Commit | undefined, history: number): Map<number, number> {
  const needed = new Map<number, number>();
  if (newest === undefined) return needed;
  for (let version = newest.version; version > newest.version - history; version--) {
    const commit = commitAt(ring, version);
    if (commit === undefined) break;
    if (!needed.has(commit.segment)) needed.set(commit.segment, version);
  }
  return needed;
}

function reopen({ system, paths, instance, newFile, budget }: Recovery, commit: Commit): WritableSegment {
  const path = paths.segment(commit.segment);
  const file = openSegment(path, { instance, number: commit.segment }, 'write');
  if (file === undefined) throw corrupt(path, 'the newest commit needs it, and it is not there');
  return takeOver(file, () => {
    changeMode(file, newFile.mode);
    if (file.size >= commit.watermark) return new WritableSegment(system, file, commit.watermark, budget);
    throw corrupt(path, `it has ${file.size} bytes, the newest commit needs ${commit.watermark}`);
  });
}

/** Removes what dead masters left: files without their name, segments that no guaranteed version needs, a socket where nobody listens. */
function removeOrphans(paths: RegionPaths, needed: ReadonlyMap<number, number>): void {
  const { segments, temporaries } = paths.files();
  const unneeded = segments.filter(({ number }) => !needed.has(number)).map(({ path }) => path);
  for (const path of unneeded) {
    unlinkIfThere(path);
    failpoint('takeover:orphan');
  }
  for (const path of temporaries) {
    unlinkTemporary(path);
    failpoint('takeover:orphan');
  }
  if (unlinkSocket(paths)) failpoint('takeover:orphan');
}

function firstSegment({ system, paths, control, newFile, budget }: Recovery): WritableSegment {
  const { instance, hashSeed } = control.header;
  const file = createSegment(system, paths, newFile, { instance, number: 1, hashSeed, nodeIdBase: 0 });
  return takeOver(file, () => new WritableSegment(system, file, HEADER_BYTES, budget));
}

/** What the guaranteed versions need besides the current segment; a master that kept less may have removed some of it. */
function keepOldSegments({ paths, instance, newFile, old }: Recovery, needed: ReadonlyMap<number, number>): void {
  for (const [number, lastVersion] of [...needed].slice(1).reverse()) {
    const file = openSegment(paths.segment(number), { instance, number }, 'write');
    if (file === undefined) continue;
    takeOver(file, () => changeMode(file, newFile.mode));
    closeSync(file.fd);
    old.add({ number, path: file.path, sizeBytes: file.size, lastVersion });
  }
}

function changeMode({ fd, path }: SegmentFile, mode: number): void {
  perform(`change the mode of ${path}`, () => fchmodSync(fd, mode));
}
