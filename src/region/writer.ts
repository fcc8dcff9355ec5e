/** The writing half of a region: one process at a time. It owns the segments, and makes commits of what was appended to them. */
import { assert } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { regionDirectory } from '../system/directory.js';
import { mmapSystem } from '../system/system.js';
import type { CommitPipeline } from './commit/contract.js';
import { DurableCommits } from './commit/durable.js';
import { DurablePublication } from './commit/durable-publication.js';
import { GroupedCommits } from './commit/grouped.js';
import { ImmediateCommits } from './commit/immediate.js';
import { Publication } from './commit/publication.js';
import { readableCommits } from './control/commits.js';
import { durableCommits } from './control/durable-commits.js';
import type { Commit, LogPosition } from './control/record.js';
import { Disk } from './durability/disk.js';
import { closed, fenced, usedUp } from './errors.js';
import { failpoint } from './failpoints.js';
import type { FileSize } from './files/file-sizes.js';
import { VERSION_MAX } from './files/layout.js';
import { RegionPaths } from './files/paths.js';
import type { ClaimedRegion } from './mastership/claimed-region.js';
import { own } from './mastership/ownership.js';
import { checkWriterOptions, type WriterOptions } from './options.js';
import { recover } from './recovery.js';
import { SegmentBudget } from './segment/budget.js';
import { MasterSegments } from './segment/master-segments.js';
import { OldSegments } from './segment/retention.js';
import type { WritableSegment } from './segment/writable-segment.js';

/** The value slot of a document: two signed 32-bit words. */
export interface RootSlot {
  readonly lo: number;
  readonly hi: number;
}

export class RegionWriter {
  readonly name: string;
  /** The control file. */
  readonly path: string;
  readonly paths: RegionPaths;
  /** 16 hexadecimal digits that tell this region from a later one of the same name. */
  readonly instance: string;
  /** How commits become visible. */
  readonly commits: CommitPipeline;
  readonly #system: MmapSystem;
  readonly #claimed: ClaimedRegion;
  readonly #segments: MasterSegments;
  /** Where versions have to survive power loss before they are visible. */
  readonly #disk: Disk | undefined;
  #commit: Commit | undefined;
  #closed = false;

  /**
   * Makes this process the master of the region, created if it is missing; the versions and the document of an earlier master stay. Removes
   * what dead masters left half done. Blocks for as long as `wait` allows.
   * @throws `ERR_INVALID_NAME`, `ERR_INVALID_ARG`, `ERR_DIRECTORY`; `ERR_REGION_LOCKED` with the `pid` of the living master, `ERR_TIMEOUT`
   *   after `wait.timeoutMs`; `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_REGION_DENIED`, `ERR_NO_SPACE`, `ERR_SYSTEM`
   */
  static open(name: string, options: WriterOptions = {}): RegionWriter {
    return new RegionWriter(name, options);
  }

  private constructor(name: string, options: WriterOptions) {
    // Interpret
    const { mode, maxBytes, history } = checkWriterOptions(options);
    const { durability, groupMs } = options;
    this.#system = mmapSystem();
    this.name = name;
    this.paths = new RegionPaths(name, regionDirectory(options.dir, mode));
    this.path = this.paths.control;

    // Acquire
    const durable = durability === 'disk';
    this.#claimed = own(this.#system, this.paths, { mode, history, durable, wait: options.wait });
    const { control } = this.#claimed;
    this.instance = control.header.instance;
    try {
      const staysDurable = durability === undefined && control.state.durable;
      if (durable || staysDurable) this.#disk = new Disk(this.paths, control, groupMs !== undefined);
      const old = new OldSegments(history);
      const setting = {
        system: this.#system,
        paths: this.paths,
        instance: this.instance,
        newFile: { mode: this.#claimed.mode, durable: this.durable },
        budget: new SegmentBudget(maxBytes, old),
      };
      const { commit, segment } = recover({ ...setting, control, history, old, disk: this.#disk });
      this.#commit = commit;
      this.#segments = new MasterSegments(setting, segment, old);
      this.commits = this.#pipeline(new Publication(this.#claimed, old, commit), groupMs);
    } catch (error) {
      this.#disk?.close();
      this.#claimed.release();
      throw error;
    }
    failpoint('takeover:ready');
  }

  /** The newest commit, which may be on its way to the disk; undefined in a region that has none yet. */
  get commit(): Commit | undefined {
    return this.#commit;
  }

  /** Whether what is published survives power loss. */
  get durable(): boolean {
    return this.#disk !== undefined;
  }

  /** The segment of the newest commit: append to it, then `seal`. */
  get segment(): WritableSegment {
    return this.#segments.current;
  }

  /** Pid of the master before, as it named itself, where that died without closing the region; undefined where it has closed it, or there was none. */
  get diedPid(): number | undefined {
    return this.#claimed.diedPid;
  }

  /** Mode of the region's files. */
  get mode(): number {
    return this.#claimed.mode;
  }

  /** How this process maps files. */
  get system(): MmapSystem['kind'] {
    return this.#system.kind;
  }

  /** Bytes used in the segment of the newest commit, including what is not committed yet. */
  get usedBytes(): number {
    return this.#segments.current.head;
  }

  /**
   * Returns the commit that makes what was appended to `segment`, and the document at `root`, the next version. Nobody sees it before `commits` publishes it;
   * then comes `keep`.
   * @param committedAt Milliseconds since 1970, default now.
   * @param position Where in a log the document is from; undefined if it is from none.
   * @throws `ERR_FENCED` when the region was removed or has another master; `ERR_TOO_LARGE` behind the last version; `ERR_CLOSED`
   */
  seal(segment: WritableSegment, { lo, hi }: RootSlot, committedAt = Date.now(), position?: LogPosition): Commit {
    this.#checkOpen();
    const { current, fresh } = this.#segments;
    assert(
      segment === (fresh ?? current),
      'there is a fresh segment, whose node ids begin behind those of the one before',
    );
    if (!this.#claimed.stands()) throw fenced(this.name);
    const before = this.#commit;
    const version = (before?.version ?? 0) + 1;
    if (version > VERSION_MAX) throw usedUp(this.name, 'versions', VERSION_MAX);
    segment.push();
    failpoint('publish:nodes');
    return {
      version,
      rootLo: lo,
      rootHi: hi,
      segment: segment.number,
      watermark: segment.head,
      committedAt,
      freshBytes: before?.segment === segment.number ? before.freshBytes : segment.head,
      ...(position === undefined ? undefined : { position }),
    };
  }

  /** Goes on from `commit`, which `seal` has returned. After one in the fresh segment, which replaces the current one. */
  keep(commit: Commit): void {
    const lastVersion = this.#commit?.version ?? 0;
    const segment = this.#segments.fresh ?? this.#segments.current;
    segment.committed = commit.watermark;
    this.#commit = commit;
    if (this.#segments.fresh !== undefined) this.#segments.switchToFresh(lastVersion, commit.version);
  }

  /** Forgets what was appended to `segment` since the last commit. */
  discard(): void {
    this.segment.head = this.segment.committed;
  }

  /**
   * Creates a fresh segment to copy the document into. Nobody sees it before a commit in it is published. Until then nothing is sealed in the current
   * one, because the node ids of the fresh one begin behind what is there now (I9).
   * @throws `ERR_NO_SPACE`, `ERR_TOO_LARGE` beyond `maxBytes` or the last number of a segment, `ERR_FENCED`, `ERR_CLOSED`
   */
  beginSegment(): WritableSegment {
    this.#checkOpen();
    if (!this.#claimed.stillStands()) throw fenced(this.name); // its file could replace that of another master
    return this.#segments.begin();
  }

  /** Gives up the fresh segment, which will not be published. Removes its file, unless its commit failed so late that the next master will publish it (I15). */
  abandonSegment(): void {
    const number = this.#segments.fresh?.number;
    this.#segments.abandonFresh(durableCommits(this.#claimed.control).some(({ segment }) => segment === number));
  }

  /** Returns the size of each segment file, oldest first. */
  sizes(): FileSize[] {
    return this.#segments.sizes();
  }

  /** Returns the versions that can be read, newest first. O(ring capacity). */
  history(): Commit[] {
    this.#checkOpen();
    return readableCommits(this.#claimed.control.ring, (segment) => this.#segments.holds(segment));
  }

  /**
   * Gives the region up: another process can be its master at once, followers keep reading. Commits are published first, what was not
   * committed is lost. Idempotent.
   * @throws the reason why a commit cannot be published; the region is closed anyway
   */
  close(): void {
    if (this.#closed) return;
    try {
      this.commits.settle();
    } finally {
      this.#closed = true;
      if (this.#segments.fresh !== undefined) this.abandonSegment();
      this.#segments.close();
      this.#disk?.close();
      this.#claimed.release();
    }
  }

  #pipeline(publication: Publication, groupMs: number | undefined): CommitPipeline {
    if (this.#disk === undefined) return new ImmediateCommits(publication);
    const durable = new DurablePublication(this.#claimed, this.#disk, publication);
    return groupMs === undefined ? new DurableCommits(durable) : new GroupedCommits(durable, groupMs);
  }

  #checkOpen(): void {
    if (this.#closed) throw closed(this.name);
  }
}
