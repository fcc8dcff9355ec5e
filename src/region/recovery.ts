/** What a new master does first: find the newest commit, and remove what dead masters left half done. */
import { closeSync, fchmodSync } from 'node:fs';
import { perform } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { restoreAnchored } from './control/anchors.js';
import { commitAt, newestCommit } from './control/commits.js';
import type { Control } from './control/control.js';
import type { Commit } from './control/record.js';
import { type Disk, giveUpDurability } from './durability/disk.js';
import { corrupt } from './errors.js';
import { failpoint } from './failpoints.js';
import { unlinkIfThere } from './files/files.js';
import { HEADER_BYTES } from './files/layout.js';
import type { RegionPaths } from './files/paths.js';
import { unlinkSocket, unlinkTemporary } from './mastership/unlink.js';
import { checkHistoryFits } from './options.js';
import { OldSegments } from './segment/retention.js';
import { createSegment, openSegment, type SegmentFile, takeOver } from './segment/segment-file.js';
import { type Budget, WritableSegment } from './segment/writable-segment.js';

/** A region ready to be written. */
export interface Recovered {
  readonly commit: Commit | undefined;
  readonly segment: WritableSegment;
  readonly old: OldSegments;
}

export interface RecoveryOptions {
  /** Mode of the control file: the segments get the same. */
  readonly mode: number;
  readonly history: number;
  readonly budget: Budget;
  /** Where it has to survive power loss. */
  readonly disk: Disk | undefined;
}

/**
 * Returns the region as its last commit left it; an empty one gets its first segment. What lies above the last watermark is overwritten later,
 * so nothing has to be repaired (I12). O(history + files in the directory).
 * @throws `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_INVALID_ARG`, `ERR_NO_SPACE`, `ERR_SYSTEM`
 */
export function recover(system: MmapSystem, paths: RegionPaths, control: Control, options: RecoveryOptions): Recovered {
  checkHistoryFits(options.history, control.capacity);
  options.disk?.secureAnchors();
  restoreAnchored(control);
  const commit = newestCommit(control);
  const needed = segmentsNeeded(control, commit, options.history);
  const published = commit && reopen(system, paths, control, commit, options);
  settleDurability(control, commit, needed, options);
  removeOrphans(paths, needed);
  const segment = published ?? firstSegment(system, paths, control, options);
  control.history = options.history;
  return { commit, segment, old: oldSegments(paths, control, needed, options) };
}

/** Whatever was promised before, from here on it is what this master is asked for. */
function settleDurability(
  control: Control,
  commit: Commit | undefined,
  needed: Map<number, number>,
  { disk }: RecoveryOptions,
): void {
  if (disk !== undefined) disk.establish(commit, needed.keys());
  else if (control.durable) giveUpDurability(control);
}

/** The segments that hold the guaranteed versions, each with the newest of them. */
function segmentsNeeded(control: Control, newest: Commit | undefined, history: number): Map<number, number> {
  const needed = new Map<number, number>();
  if (newest === undefined) return needed;
  for (let version = newest.version; version > newest.version - history; version--) {
    const commit = commitAt(control, version);
    if (commit === undefined) break;
    if (!needed.has(commit.segment)) needed.set(commit.segment, version);
  }
  return needed;
}

function reopen(
  system: MmapSystem,
  paths: RegionPaths,
  control: Control,
  commit: Commit,
  options: RecoveryOptions,
): WritableSegment {
  const path = paths.segment(commit.segment);
  const file = openSegment(path, { instance: control.header.instance, number: commit.segment }, 'write');
  if (file === undefined) throw corrupt(path, 'the newest commit needs it, and it is not there');
  return takeOver(file, () => {
    changeMode(file, options.mode);
    if (file.size >= commit.watermark) return new WritableSegment(system, file, commit.watermark, options.budget);
    throw corrupt(path, `it has ${file.size} bytes, the newest commit needs ${commit.watermark}`);
  });
}

/** What dead masters left: files without their name, segments that no guaranteed version needs, a socket where nobody listens. */
function removeOrphans(paths: RegionPaths, needed: Map<number, number>): void {
  const { segments, temporaries } = paths.files();
  const needless = segments.filter(({ number }) => !needed.has(number)).map(({ path }) => path);
  for (const path of needless) {
    unlinkIfThere(path);
    failpoint('takeover:orphan');
  }
  for (const path of temporaries) {
    unlinkTemporary(path);
    failpoint('takeover:orphan');
  }
  if (unlinkSocket(paths)) failpoint('takeover:orphan');
}

function firstSegment(
  system: MmapSystem,
  paths: RegionPaths,
  control: Control,
  options: RecoveryOptions,
): WritableSegment {
  const { instance, hashSeed } = control.header;
  const newFile = { mode: options.mode, durable: options.disk !== undefined };
  const file = createSegment(system, paths, newFile, { instance, number: 1, hashSeed, nodeIdBase: 0 });
  return takeOver(file, () => new WritableSegment(system, file, HEADER_BYTES, options.budget));
}

/** What the guaranteed versions need besides the published segment; a master that kept less may have removed some of it. */
function oldSegments(
  paths: RegionPaths,
  control: Control,
  needed: Map<number, number>,
  { mode, history }: RecoveryOptions,
): OldSegments {
  const old = new OldSegments(history);
  for (const [number, lastVersion] of [...needed].slice(1).reverse()) {
    const file = openSegment(paths.segment(number), { instance: control.header.instance, number }, 'write');
    if (file === undefined) continue;
    takeOver(file, () => changeMode(file, mode));
    closeSync(file.fd);
    old.add({ number, path: file.path, sizeBytes: file.size, lastVersion });
  }
  return old;
}

function changeMode({ fd, path }: SegmentFile, mode: number): void {
  perform(`change the mode of ${path}`, () => fchmodSync(fd, mode));
}
