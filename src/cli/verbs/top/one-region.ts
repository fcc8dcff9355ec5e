/** One region from near: who follows it, and what changed last. Its follower is opened for each look and closed again, so it keeps no version. */

import { JsonMmapError } from '../../../errors.js';
import type { Follower } from '../../../follower/follower.js';
import { changesBetween } from '../../../inspector/server/changes.js';
import type { Commit } from '../../../region/control/record.js';
import { type FollowerProcess, followersOf, heldBytes, lagVersions } from '../../../region/followers.js';
import type { Where } from '../../command.js';
import type { ShownChange } from '../../output/changes-text.js';
import { masterOf, type NamedMaster } from '../../output/region-cells.js';
import { safe } from '../../output/safe.js';
import { openFollower } from '../../region.js';
import type { CpuShares } from './cpu.js';
import { pidHere, Rarely, type RegionRow, type Regions } from './regions.js';

/** A version, and the step to it from the one before. */
export interface ChangeEntry {
  readonly version: number;
  readonly committedAt: number;
  /** Bytes that it appended; undefined for one that begins a segment. */
  readonly addedBytes: number | undefined;
  /** Operations of a patch to it; undefined where the version before is gone, or the comparison would take too long. */
  readonly operations: number | undefined;
  /** The first of them. */
  readonly changes: readonly ShownChange[];
}

export interface FollowerRow extends FoundFollower {
  /** How much of one processor it takes; undefined at the first look. */
  readonly cpuPercent: number | undefined;
}

interface FoundFollower extends FollowerProcess {
  readonly lagVersions: number | undefined;
  readonly heldBytes: number;
}

export interface RegionDetails {
  readonly name: string;
  /** Undefined while there is no region of this name. */
  readonly region: RegionRow | undefined;
  readonly master: NamedMaster | undefined;
  /** Those furthest behind first. */
  readonly followers: readonly FollowerRow[];
  /** Processes of other users that could not be looked into. */
  readonly hidden: number;
  /** Newest first. */
  readonly changes: readonly ChangeEntry[];
}

const CHANGES_MAX = 50;
const SHOWN_MAX = 3;
const TEXT_MAX_LENGTH = 200;
/** So long a tick compares versions; what is left is compared at the next one. */
const COMPARING_MS = 15;
/** A larger document that was copied to another segment is not compared with itself: that reads all of it. */
const COPY_MAX_BYTES = 2 ** 20;
const LOOKING_SHARE = 0.01;

export class OneRegion {
  readonly #name: string;
  readonly #where: Where;
  readonly #regions: Regions;
  readonly #cpu: CpuShares;
  readonly #processes = new Rarely<{ followers: FoundFollower[]; hidden: number }>(LOOKING_SHARE);
  #entries = new Map<number, ChangeEntry>();

  constructor(name: string, where: Where, regions: Regions, cpu: CpuShares) {
    this.#name = name;
    this.#where = where;
    this.#regions = regions;
    this.#cpu = cpu;
  }

  /** Looks at the newest state of the region. @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
  details(): RegionDetails {
    const name = this.#name;
    const [region] = this.#regions.rows(name);
    const nothing = { name, region, master: region && masterOf(region), followers: [], hidden: 0, changes: [] };
    if (region === undefined || region.error !== undefined || region.version === 0) return nothing;
    const follower = this.#open();
    if (follower === undefined) return nothing;
    try {
      const commits = follower.history();
      const found = this.#processes.look(() => followersIn(region, commits));
      const followers = found.followers.map((row) => ({ ...row, cpuPercent: this.#cpu.percentOf(row.pid) }));
      return { ...nothing, followers, hidden: found.hidden, changes: this.#changes(follower, commits) };
    } finally {
      follower.close();
    }
  }

  /** Undefined for a region that has just been removed, or is damaged: the next look at its control file tells. */
  #open(): Follower | undefined {
    try {
      return openFollower(this.#name, this.#where);
    } catch (error) {
      if (error instanceof JsonMmapError) return undefined;
      throw error;
    }
  }

  /** Compares each version once. A region that was created again under this name starts over. */
  #changes(follower: Follower, commits: readonly Commit[]): ChangeEntry[] {
    const until = performance.now() + COMPARING_MS;
    const compared = new Map<number, ChangeEntry>();
    const entries = commits.slice(0, CHANGES_MAX).map((commit, i) => {
      const known = this.#entries.get(commit.version);
      const isKnown = known !== undefined && known.committedAt === commit.committedAt;
      if (!isKnown && performance.now() > until) return entryOf(commit, commits[i + 1]);
      const entry = isKnown ? known : comparedEntry(follower, commit, commits[i + 1]);
      compared.set(entry.version, entry);
      return entry;
    });
    this.#entries = compared;
    return entries;
  }
}

function entryOf({ version, committedAt, segment, watermark }: Commit, before: Commit | undefined): ChangeEntry {
  const addedBytes = before?.segment === segment ? watermark - before.watermark : undefined;
  return { version, committedAt, addedBytes, operations: undefined, changes: [] };
}

function comparedEntry(follower: Follower, commit: Commit, before: Commit | undefined): ChangeEntry {
  const entry = entryOf(commit, before);
  if (before === undefined) return entry;
  if (before.segment !== commit.segment && commit.freshBytes > COPY_MAX_BYTES) return entry;
  try {
    return { ...entry, ...comparison(follower, before.version, commit.version) };
  } catch (error) {
    if (error instanceof JsonMmapError) return entry; // one of them has just gone
    throw error;
  }
}

function comparison(follower: Follower, from: number, to: number): Pick<ChangeEntry, 'operations' | 'changes'> {
  const before = follower.at(from);
  try {
    const after = follower.at(to);
    try {
      const { operations, changes } = changesBetween(before, after);
      return { operations, changes: changes.slice(0, SHOWN_MAX).map(shown) };
    } finally {
      after.close();
    }
  } finally {
    before.close();
  }
}

function shown({ op, path, before, after }: ReturnType<typeof changesBetween>['changes'][number]): ShownChange {
  const text = (value: typeof before) => value && safe(value.text.slice(0, TEXT_MAX_LENGTH));
  return { op, path: path.slice(0, TEXT_MAX_LENGTH), before: text(before), after: text(after) };
}

function followersIn(region: RegionRow, commits: readonly Commit[]): { followers: FoundFollower[]; hidden: number } {
  const { processes, hidden } = followersOf(region.path, pidHere(region), commits);
  const followers = processes.map((process) => ({
    ...process,
    lagVersions: lagVersions(process, commits),
    heldBytes: heldBytes(process),
  }));
  followers.sort((a, b) => (b.lagVersions ?? -1) - (a.lagVersions ?? -1) || a.pid - b.pid);
  return { followers, hidden };
}
