/** The followers of a region on this machine. A follower leaves no trace in shared memory, but the kernel knows which processes have its files mapped. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { commandOf, filesOf, processIds, threadNames, type UsedFile, userOf, watchedInodes } from '../system/proc.js';
import type { Commit } from './control/record.js';

/** What the list of its mappings tells of a process that follows a region. */
export interface FollowerMappings {
  readonly pid: number;
  /** How it maps files: by the native addon, or by the fallback over system calls. */
  readonly system: 'native' | 'syscalls';
  /** The newest segment that it has mapped; undefined before its first read. */
  readonly segment: number | undefined;
  /** Every segment that it has mapped, oldest first. */
  readonly mapped: readonly MappedSegment[];
}

/** A process that follows a region. */
export interface FollowerProcess extends FollowerMappings {
  /** User id. */
  readonly user: number | undefined;
  readonly command: string | undefined;
  /** How the kernel wakes it: a thread of its own waits, or its file watcher hears of the control file; undefined where it listens to nothing, or polls. */
  readonly wokenBy: 'futex' | 'watch' | undefined;
  /** Oldest and newest version in that segment; undefined for a segment whose commits have left the ring. */
  readonly versions: readonly [oldest: number, newest: number] | undefined;
}

/** A segment that a process keeps: its space is taken for as long, whether it has a name or not. */
export interface MappedSegment {
  readonly segment: number;
  /** At most, where we may not look at the file. */
  readonly bytes: number;
  /** Whether a newer one has replaced it and its name is gone. */
  readonly deleted: boolean;
}

export interface FollowerProcesses<P extends FollowerMappings = FollowerProcess> {
  readonly processes: readonly P[];
  /** How many processes of other users could not be looked into; none of them counts where others may not read the region. */
  readonly hidden: number;
}

/** A region whose followers are looked for. */
export interface Followed {
  readonly controlPath: string;
  /** The living master, which is none of them. */
  readonly masterPid: number | undefined;
}

/**
 * Returns the processes that have the region with this control file open, but for this one and `masterPid`. Reads the list of mappings of every
 * process, some milliseconds.
 * @param commits Newest first.
 */
export function followersOf(
  controlPath: string,
  masterPid: number | undefined,
  commits: readonly Commit[],
): FollowerProcesses {
  const [search] = searchAll([{ controlPath, masterPid }]);
  const processes = search.processes.map((mappings) => ({
    ...mappings,
    user: userOf(mappings.pid),
    command: commandOf(mappings.pid),
    wokenBy: wokenBy(mappings.pid, search.inode),
    versions: versionsIn(mappings.segment, commits),
  }));
  return { processes, hidden: search.hidden };
}

/** Returns the processes that follow each of several regions, in their order. Looks at every process once, so that many regions cost little more than one. */
export function mappingsOfFollowers(regions: readonly Followed[]): FollowerProcesses<FollowerMappings>[] {
  return searchAll(regions);
}

interface Search extends Followed {
  readonly inode: number;
  readonly othersMayRead: boolean;
  readonly processes: FollowerMappings[];
  hidden: number;
}

function searchAll(regions: readonly Followed[]): Search[] {
  const searches = regions.map(searchFor);
  const byInode = new Map(searches.map((search) => [search.inode, search]));
  for (const pid of processIds()) {
    if (pid === process.pid) continue;
    const files = filesOf(pid, isOfRegion);
    if (files === undefined) continue;
    if (files === 'denied') {
      for (const search of searches) if (search.othersMayRead) search.hidden++;
      continue;
    }
    for (const [search, control] of controlsIn(files, byInode)) {
      // The master may have another pid in its own pid namespace.
      if (pid !== search.masterPid && !control.writable) search.processes.push(mappingsIn(pid, files, control));
    }
  }
  return searches;
}

function searchFor(region: Followed): Search {
  const { ino: inode, mode } = statSync(region.controlPath, { throwIfNoEntry: false }) ?? { ino: -1, mode: 0 };
  return { ...region, inode, othersMayRead: (mode & 0o044) !== 0, processes: [], hidden: 0 };
}

function isOfRegion(path: string): boolean {
  return OF_REGION.test(path);
}

const OF_REGION = /\.(ctl|seg)( \(deleted\))?$/;

/**
 * The control file of each region that a process has open, mapped rather than open where it is both. The path may be another in another
 * container: the inode is the same.
 */
function controlsIn(files: readonly UsedFile[], byInode: ReadonlyMap<number, Search>): Map<Search, UsedFile> {
  const found = new Map<Search, UsedFile>();
  for (const file of files) {
    const search = byInode.get(file.inode);
    if (search === undefined || found.has(search)) continue;
    if (basename(file.path) === basename(search.controlPath)) found.set(search, file);
  }
  return found;
}

function mappingsIn(pid: number, files: readonly UsedFile[], control: UsedFile): FollowerMappings {
  const mapped = segmentsOf(control.path, files);
  const system = control.mappedBytes === undefined ? 'syscalls' : 'native';
  return { pid, system, segment: mapped.at(-1)?.segment, mapped };
}

/**
 * Returns at least how many versions a follower is behind: 0 where it has the newest segment mapped, whose versions look alike from here;
 * undefined before its first read.
 * @param commits Newest first.
 */
export function lagVersions({ segment }: FollowerMappings, commits: readonly Commit[]): number | undefined {
  if (segment === undefined) return undefined;
  const newest = commits.at(0)?.segment;
  return segment === newest ? 0 : commits.filter((commit) => commit.segment === newest).length;
}

/** Returns the bytes of old segments that take space because a follower has them mapped. */
export function heldBytes({ mapped }: FollowerMappings): number {
  return mapped.reduce((sum, { deleted, bytes }) => sum + (deleted ? bytes : 0), 0);
}

function wokenBy(pid: number, inode: number): FollowerProcess['wokenBy'] {
  if (threadNames(pid).includes(WAIT_THREAD)) return 'futex';
  return watchedInodes(pid).includes(inode) ? 'watch' : undefined;
}

/** As `native/wait.c` names it. */
const WAIT_THREAD = 'jsonmmap wait';

/** The segments beside the control file, each once; the files themselves may have been unlinked. Over the fallback they are open, and a copy. */
function segmentsOf(controlPath: string, files: readonly UsedFile[]): MappedSegment[] {
  const directory = dirname(controlPath);
  const name = basename(controlPath, '.ctl');
  const found = new Map<number, MappedSegment>();
  for (const { path, mappedBytes = 0 } of files) {
    const [, region, number, deleted] = SEGMENT.exec(basename(path)) ?? [];
    if (region !== name || dirname(path) !== directory) continue;
    const segment = Number(number);
    const bytes = Math.max(mappedBytes, found.get(segment)?.bytes ?? 0);
    found.set(segment, { segment, bytes, deleted: deleted !== undefined });
  }
  return [...found.values()].sort((a, b) => a.segment - b.segment);
}

const SEGMENT = /^(.*)\.(\d+)\.seg( \(deleted\))?$/;

function versionsIn(segment: number | undefined, commits: readonly Commit[]): [number, number] | undefined {
  const versions = commits.filter((commit) => commit.segment === segment).map(({ version }) => version);
  return versions.length === 0 ? undefined : [Math.min(...versions), Math.max(...versions)];
}
