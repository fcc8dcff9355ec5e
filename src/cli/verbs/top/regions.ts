/** The rows of the table: each tick looks at every region of a directory once, and at every process now and then. */
import type { Control } from '../../../region/control/control.js';
import {
  type FollowerMappings,
  type FollowerProcesses,
  heldBytes,
  mappingsOfFollowers,
} from '../../../region/followers.js';
import { lookAtRegions, type RegionInfo } from '../../../region/list.js';
import type { Where } from '../../command.js';
import type { CpuShares } from './cpu.js';
import { type Look, lookAt, paceOf } from './pace.js';

/** A region as the table shows it. What cannot be known is undefined: most of it for a damaged region. */
export interface RegionRow extends RegionInfo {
  readonly publishesPerSecond: number | undefined;
  readonly changeBytesPerSecond: number | undefined;
  /** Bytes appended since the last compaction: what the master goes by when it decides about the next. */
  readonly garbageBytes: number | undefined;
  /** How much of one processor its master takes; undefined at the first look, and where the master is none or cannot be seen. */
  readonly masterCpuPercent: number | undefined;
  /** Processes that follow it on this machine, without this command. */
  readonly followers: number;
  /** At least how many versions the follower that is furthest behind is behind. */
  readonly lagVersions: number | undefined;
  /** Old segments that take space because followers have them mapped. */
  readonly heldBytes: number;
}

/** Processes are looked at so rarely that it takes no more than this share of the time. */
const LOOKING_SHARE = 0.01;

export class Regions {
  readonly #where: Where;
  readonly #windowMs: number;
  readonly #cpu: CpuShares;
  readonly #processes = new Rarely<Map<string, FollowerProcesses<FollowerMappings>>>(LOOKING_SHARE);
  #looks = new Map<string, Look>();

  /** @param windowMs What the pace of a region that was not seen before is the mean of. */
  constructor(where: Where, windowMs: number, cpu: CpuShares) {
    this.#where = where;
    this.#windowMs = windowMs;
    this.#cpu = cpu;
  }

  /** Returns the regions of the directory, or the one called `name`. @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
  rows(name?: string): RegionRow[] {
    const looks = new Map<string, Look>();
    const found = lookAtRegions({ ...this.#where, name }, (region, control) => {
      const look = control && lookAt(control, this.#looks.get(region.path));
      if (look !== undefined) looks.set(region.path, look);
      return { region, look, pace: control && look && this.#paceOf(region, control, look) };
    });
    this.#looks = looks;
    const followers = this.#processes.look(() => followersByPath(found.map(({ region }) => region)));
    return found.map(({ region, look, pace }) => ({
      ...region,
      publishesPerSecond: pace?.publishesPerSecond,
      changeBytesPerSecond: pace?.changeBytesPerSecond,
      masterCpuPercent: this.#cpu.percentOf(pidHere(region)),
      garbageBytes: look && look.newest.watermark - look.newest.freshBytes,
      ...totalsOf(followers.get(region.path)?.processes ?? [], look),
    }));
  }

  #paceOf({ path }: RegionInfo, control: Control, look: Look) {
    return paceOf(control, look, this.#looks.get(path), this.#windowMs);
  }
}

/** Something that takes long: done again only when it takes no more than a share of the time. */
export class Rarely<R> {
  readonly #share: number;
  #last: R | undefined;
  #nextAtMs = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** Returns what `body` returned last, or returns now. */
  look(body: () => R): R {
    const began = performance.now();
    if (this.#last !== undefined && began < this.#nextAtMs) return this.#last;
    this.#last = body();
    this.#nextAtMs = began + (performance.now() - began) / this.#share;
    return this.#last;
  }
}

/** The pid of a living master on this side of all pid namespaces; undefined where there is none. */
export function pidHere({ masterPid, masterAlive, masterElsewhere }: RegionInfo): number | undefined {
  return masterAlive && !masterElsewhere ? masterPid : undefined;
}

function followersByPath(regions: readonly RegionInfo[]): Map<string, FollowerProcesses<FollowerMappings>> {
  const found = mappingsOfFollowers(
    regions.map((region) => ({ controlPath: region.path, masterPid: pidHere(region) })),
  );
  return new Map(regions.map(({ path }, i) => [path, found[i]]));
}

function totalsOf(processes: readonly FollowerMappings[], look: Look | undefined) {
  const lags = processes.flatMap(({ segment }) =>
    segment === undefined || look === undefined ? [] : lag(segment, look),
  );
  return {
    followers: processes.length,
    lagVersions: lags.length === 0 ? undefined : Math.max(...lags),
    heldBytes: processes.reduce((sum, process) => sum + heldBytes(process), 0),
  };
}

/** As `lagVersions` counts it, without the commits of the whole ring. */
function lag(segment: number, { newest, segmentFrom }: Look): number {
  return segment >= newest.segment ? 0 : newest.version - segmentFrom + 1;
}
