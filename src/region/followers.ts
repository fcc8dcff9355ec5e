/** Who follows a region on this machine. A follower leaves no trace in shared memory; the kernel knows who has its files mapped. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { commandOf, filesOf, processIds, threadNames, type UsedFile, userOf, watchedInodes } from '../system/proc.js';
import type { Commit } from './control/record.js';

/** A process that follows a region. */
export interface FollowerProcess {
  readonly pid: number;
  /** User id. */
  readonly user: number | undefined;
  readonly command: string | undefined;
  /** How it maps files: by the native addon, or by the fallback over system calls. */
  readonly system: 'native' | 'syscalls';
  /** How the kernel wakes it: a thread of its own waits, or its file watcher hears of the control file; undefined where it listens to nothing, or polls. */
  readonly wokenBy: 'futex' | 'watch' | undefined;
  /** The newest segment that it has mapped; undefined before its first read. */
  readonly segment: number | undefined;
  /** Oldest and newest version in that segment; undefined for a segment whose commits have left the ring. */
  readonly versions: readonly [oldest: number, newest: number] | undefined;
  /** Every segment that it has mapped, oldest first. */
  readonly mapped: readonly MappedSegment[];
}

/** A segment that a process keeps: its space is taken for as long, whether it has a name or not. */
export interface MappedSegment {
  readonly segment: number;
  /** At most, where we may not look at the file. */
  readonly bytes: number;
  /** Whether a newer one has replaced it and its name is gone. */
  readonly deleted: boolean;
}

export interface FollowerProcesses {
  readonly processes: readonly FollowerProcess[];
  /** How many processes of other users could not be looked into; none of them counts where others may not read the region. */
  readonly hidden: number;
}

/**
 * Returns the processes that have the region with this control file open, but for this one and `masterPid`. Reads the list of mappings of every
 * process, some milliseconds.
 */
export function followersOf(
  controlPath: string,
  masterPid: number | undefined,
  commits: readonly Commit[],
): FollowerProcesses {
  const processes: FollowerProcess[] = [];
  let hidden = 0;
  const { ino: inode, mode } = statSync(controlPath, { throwIfNoEntry: false }) ?? { ino: -1, mode: 0 };
  const othersMayRead = (mode & 0o044) !== 0;
  for (const pid of processIds()) {
    if (pid === process.pid || pid === masterPid) continue;
    const files = filesOf(pid);
    if (files === 'denied' && othersMayRead) hidden++;
    // The path may be another in another container: the inode is the same.
    const control =
      files === 'denied'
        ? undefined
        : files?.find((file) => file.inode === inode && basename(file.path) === basename(controlPath));
    if (control === undefined || control.writable) continue; // the master may have another pid in its own pid namespace
    const mapped = segmentsOf(control.path, files as UsedFile[]);
    const segment = mapped.at(-1)?.segment;
    processes.push({
      pid,
      user: userOf(pid),
      command: commandOf(pid),
      system: control.mappedBytes === undefined ? 'syscalls' : 'native',
      wokenBy: wokenBy(pid, inode),
      segment,
      versions: versionsIn(segment, commits),
      mapped,
    });
  }
  return { processes, hidden };
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
