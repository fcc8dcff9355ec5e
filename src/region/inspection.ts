/** Checking the files of a region: names, headers, ring, segments, leftovers. What the nodes hold is the format's to check. */
import { closeSync, fstatSync } from 'node:fs';
import { JsonMmapError } from '../errors.js';
import { mmapSystem } from '../system/system.js';
import { commitAt } from './control/commits.js';
import type { Control } from './control/control.js';
import { closeControl, type OpenControl, openControl } from './control/control-file.js';
import { durableCommits } from './control/durable-commits.js';
import type { Commit } from './control/record.js';
import { notFound } from './errors.js';
import { directoryToRead, RegionPaths } from './files/paths.js';
import { deadGenerations } from './mastership/generation-lock.js';
import { livingMaster } from './mastership/liveness.js';
import { isSocket } from './mastership/unlink.js';
import { openSegment } from './segment/segment-file.js';

export interface InspectionOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** User id whose files are trusted besides our own and root's; the default directory is his then. */
  readonly owner?: number | undefined;
}

/** Something that is not as a master leaves it. */
export interface Finding {
  /** `error`: followers cannot read, or might read what is wrong. `leftover`: the next master takes it away. */
  readonly severity: 'error' | 'leftover';
  readonly path: string;
  readonly message: string;
}

export interface Inspection {
  readonly findings: Finding[];
  /** The commits in the ring, newest first, as far as they are sound. */
  readonly commits: Commit[];
}

/** How long a file must look left over while a master lives: that long, it may be one that the master makes or removes just now. */
const SETTLING_MS = 200;

/**
 * Checks the files of a region and the ring, and changes nothing. O(ring capacity + files in the directory).
 * @throws `ERR_REGION_NOT_FOUND`, `ERR_INVALID_NAME`, `ERR_DIRECTORY`, `ERR_SYSTEM`
 */
export function inspect(name: string, { dir, owner }: InspectionOptions = {}): Inspection {
  const paths = new RegionPaths(name, directoryToRead(dir, owner));
  const findings: Finding[] = [];
  const opened = guarded(findings, paths.control, () => {
    const control = openControl(mmapSystem(), paths.control, 'read', owner);
    if (control === undefined) throw notFound(name, paths.control);
    return control;
  });
  if (opened === undefined) return { findings, commits: [] };
  try {
    return inspectSettled(paths, opened, owner);
  } finally {
    closeControl(opened);
  }
}

/**
 * Errors are certain at the first look, whatever a master does meanwhile. A file is left over if every look finds it so: a living master unlinks a
 * segment only after the version that made it unnecessary is visible, which takes the kernel milliseconds for a large one.
 */
function inspectSettled(paths: RegionPaths, opened: OpenControl, owner: number | undefined): Inspection {
  const until = performance.now() + SETTLING_MS;
  let lasting: Set<string> | undefined;
  for (;;) {
    if (livingMaster(mmapSystem(), opened).masterAlive === false) return inspectOnce(paths, opened, owner);
    const { findings, commits } = inspectOnce(paths, opened, owner);
    const kept = findings.filter(({ severity, path }) => severity === 'error' || (lasting?.has(path) ?? true));
    lasting = new Set(kept.filter(({ severity }) => severity === 'leftover').map(({ path }) => path));
    if (lasting.size === 0 || performance.now() > until) return { findings: kept, commits };
  }
}

function inspectOnce(paths: RegionPaths, opened: OpenControl, owner: number | undefined): Inspection {
  const findings: Finding[] = [];
  if (opened.control.state.isRemoved()) return { findings: [halfRemoved(paths)], commits: [] };
  const commits = ring(opened.control, findings);
  checkSlots(opened.control, commits, findings);
  segments(paths, opened, commits, owner, findings);
  leftovers(paths, opened, commits, findings);
  return { findings, commits };
}

/** It no longer counts: followers do not open it, and the next master creates it again. */
function halfRemoved(paths: RegionPaths): Finding {
  return leftover(paths.control, 'somebody began to remove the region and did not end');
}

/** Every record that the ring guarantees is whole, and none goes back behind the one before it. */
function ring(control: Control, findings: Finding[]): Commit[] {
  const commits: Commit[] = [];
  guarded(findings, control.path, () => {
    for (
      let version = control.ring.version(), left = control.ring.capacity;
      version > 0 && left > 0;
      version--, left--
    ) {
      const commit = commitAt(control.ring, version);
      if (commit === undefined) return;
      const newer = commits.at(-1);
      if (newer !== undefined && !follows(newer, commit)) {
        findings.push(error(control.path, `version ${newer.version} ends before version ${version} does`));
      }
      commits.push(commit);
    }
  });
  return commits;
}

function follows(newer: Commit, older: Commit): boolean {
  return newer.segment > older.segment || (newer.segment === older.segment && newer.watermark >= older.watermark);
}

/** In a durable region nobody sees a version before a durable commit slot has it (I13). */
function checkSlots(control: Control, [newest]: Commit[], findings: Finding[]): void {
  if (newest === undefined || !control.state.durable) return;
  const [durable] = durableCommits(control);
  if (durable === undefined || durable.version < newest.version) {
    findings.push(
      error(control.path, `version ${newest.version} is in no durable commit slot, so power loss may take it back`),
    );
  }
}

/** Each segment is there for the newest version, as long as its commits need, with the mode of the region and node ids of its own. */
function segments(
  paths: RegionPaths,
  { control, fd }: OpenControl,
  commits: Commit[],
  owner: number | undefined,
  findings: Finding[],
): void {
  const mode = fstatSync(fd).mode & 0o777;
  const newestOfEach = commits.filter(({ segment }, i) => segment !== commits[i - 1]?.segment);
  let nodeIdsEnd = 0;
  for (const { segment: number, watermark } of newestOfEach.reverse()) {
    const path = paths.segment(number);
    guarded(findings, path, () => {
      const file = openSegment(path, { instance: control.header.instance, number }, 'read', owner);
      if (file === undefined) {
        if (number === newestSegment(control))
          findings.push(error(path, 'the newest version needs it, and it is not there'));
        return;
      }
      if (file.size < watermark) findings.push(error(path, `it has ${file.size} bytes, a commit needs ${watermark}`));
      if ((fstatSync(file.fd).mode & 0o777) !== mode)
        findings.push(error(path, 'its mode is not that of the control file'));
      if (file.header.nodeIdBase < nodeIdsEnd)
        findings.push(error(path, 'its node ids begin within those of an older segment'));
      nodeIdsEnd = file.header.nodeIdBase + Math.ceil(watermark / 8);
      closeSync(file.fd);
    });
  }
}

/**
 * The segment that the newest version needs now. A master removes a segment only after a version in a later one is visible, so a file
 * that was not there, and is still the newest version's after the look, is missing.
 */
function newestSegment({ ring }: Control): number | undefined {
  for (let version = ring.version(); version > 0; version = ring.version()) {
    const commit = commitAt(ring, version);
    if (commit !== undefined) return commit.segment;
    if (version === ring.version()) return undefined; // damaged, which `ring` has found
  }
  return undefined;
}

/**
 * A living master may just be making what would be a leftover of a dead one: a file without its name, the next segment. The first segment is
 * there before the first version.
 */
function leftovers(paths: RegionPaths, opened: OpenControl, commits: Commit[], findings: Finding[]): void {
  const { control } = opened;
  const { masterAlive } = livingMaster(mmapSystem(), opened);
  const newest = commits[0] ?? { version: 0, segment: 0 };
  const needed = new Set(
    commits.filter(({ version }) => version > newest.version - control.state.history).map((c) => c.segment),
  );
  const files = paths.files();
  for (const { number, path } of files.segments) {
    if (needed.has(number) || (number === newest.segment + 1 && (masterAlive !== false || number === 1))) continue;
    findings.push(leftover(path, 'no version that is kept needs it'));
  }
  if (masterAlive === false)
    for (const path of files.temporaries) findings.push(leftover(path, 'it never got its name'));
  if (masterAlive === false && isSocket(paths.socket))
    findings.push(leftover(paths.socket, 'nobody listens there any more'));
  for (const path of deadGenerations(paths)) findings.push(leftover(path, 'the process that held this lock is dead'));
}

/** Runs `look`; what it throws about the region becomes a finding. */
function guarded<T>(findings: Finding[], path: string, look: () => T): T | undefined {
  try {
    return look();
  } catch (thrown) {
    if (!(thrown instanceof JsonMmapError) || thrown.code === 'ERR_REGION_NOT_FOUND' || thrown.code === 'ERR_SYSTEM')
      throw thrown;
    findings.push(error(path, thrown.message));
    return undefined;
  }
}

function error(path: string, message: string): Finding {
  return { severity: 'error', path, message };
}

function leftover(path: string, message: string): Finding {
  return { severity: 'leftover', path, message };
}
