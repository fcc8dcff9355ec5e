/** How things stand with a region, as a follower sees them. */
import type { Held, RegionReader } from '../region/reader.js';

export interface Status {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly committedAt: number;
  /** Milliseconds since then. */
  readonly ageMs: number;
  /** The master that the region names, alive or dead; undefined after one that closed. */
  readonly masterPid: number | undefined;
  /** Whether that pid counts in another pid namespace, a container for instance: here it is another process, or none. */
  readonly masterElsewhere: boolean;
  /** Undefined where it cannot be known from here: a master without kernel locks in another pid namespace. */
  readonly masterAlive: boolean | undefined;
  /** How that master maps its files; undefined where `masterPid` is. */
  readonly masterSystem: 'native' | 'syscalls' | undefined;
  /** Whether the region has been removed; the last document stays readable. */
  readonly removed: boolean;
  /** How many of the newest versions the master keeps readable. */
  readonly history: number;
  /** Bytes of the region's files. */
  readonly bytes: number;
  /**
   * Segments that the master has left and that this follower still keeps mapped, so that their files take space: for snapshots, views, changes and
   * iterations that the program has not let go of, or that it dropped and the engine has not noticed yet.
   */
  readonly held: Held;
  /**
   * How notifications arrive: `futex`, a wait for the master; `watch`, a watcher of its file, where the master or this process works over system calls; `poll`,
   * a timer, where no watcher can be had; `off` while nobody listens.
   */
  readonly watching: 'futex' | 'watch' | 'poll' | 'off';
  /** How often this follower went over to a newer version since it was opened. */
  readonly refreshes: number;
  /** How many versions it has never read, because a newer one was there already. */
  readonly conflated: number;
  /** How this process maps files: by the native addon, or by the fallback over system calls, with a copy of its own. */
  readonly system: 'native' | 'syscalls';
}

/** What the follower itself knows. */
type Read = Pick<Status, 'version' | 'committedAt' | 'refreshes' | 'conflated'>;

export function statusOf(
  region: RegionReader,
  watching: Status['watching'],
  { version, committedAt, refreshes, conflated }: Read,
): Status {
  const { masterPid, masterElsewhere, masterAlive, masterSystem, removed, history, sizeBytes, system } =
    region.status();
  return {
    version,
    committedAt,
    ageMs: Math.max(0, Date.now() - committedAt),
    masterPid,
    masterElsewhere,
    masterAlive,
    masterSystem,
    removed,
    history,
    bytes: sizeBytes,
    held: region.held(),
    watching,
    refreshes,
    conflated,
    system,
  };
}
