/** The reading half of a region: any number of them, wait-free, without a trace in shared memory (I11). */
import { existsSync } from 'node:fs';
import type { JsonMmapError } from '../errors.js';
import type { MmapSystem } from '../system/contract.js';
import { mmapSystem } from '../system/system.js';
import { commitAt, newestCommit, readableCommits } from './control/commits.js';
import type { Control } from './control/control.js';
import { closeControl, type OpenControl, openControl } from './control/control-file.js';
import type { Commit } from './control/record.js';
import { closed, corrupt, notFound, versionGone } from './errors.js';
import { totalBytes } from './files/file-sizes.js';
import { isStillAt } from './files/files.js';
import { directoryToRead, RegionPaths } from './files/paths.js';
import { livingMaster, type MasterState } from './mastership/liveness.js';
import { type RegionListener, RegionWatcher } from './notify/region-watcher.js';
import type { ReadableSegment } from './segment/readable-segment.js';
import { ReadableSegments } from './segment/readable-segments.js';

export interface ReaderOptions {
  /** Directory, default that of `regionDirectory`. */
  readonly dir?: string | undefined;
  /** User id whose files are trusted besides our own and root's; the default directory is his then. */
  readonly owner?: number | undefined;
}

/** A version, and the bytes that hold it. */
export interface Acquired {
  readonly commit: Commit;
  /** Its `limit` is at least `commit.watermark`. Held for the caller, who has to `release` it (I17). */
  readonly segment: ReadableSegment;
}

/** What a reader keeps mapped of segments that were left for newer ones. */
export interface Held {
  readonly segments: number;
  /** Of their files, which take space for as long. */
  readonly bytes: number;
}

/** How things stand with a region, seen from a reader. */
export interface RegionStatus extends MasterState {
  /** Whether the region is gone: removed, deleted by hand, or another one stands in its place. */
  readonly removed: boolean;
  /** How many of the newest versions the master keeps readable. */
  readonly history: number;
  /** Bytes of all its files. */
  readonly sizeBytes: number;
  /** How this process maps them. */
  readonly system: MmapSystem['kind'];
}

/** A segment that a commit names may be unlinked just before it is opened, whenever the master switches; each retry is one switch. */
const SWITCH_TRIES = 100;

export class RegionReader {
  readonly name: string;
  readonly path: string;
  readonly #system: MmapSystem;
  readonly #paths: RegionPaths;
  readonly #owner: number | undefined;
  readonly #watchers = new Set<RegionWatcher>();
  #opened: OpenControl;
  /** That of `#opened`, one load nearer to the hot path. */
  #control: Control;
  #segments: ReadableSegments;
  /** Those of regions that were replaced, while somebody holds them. */
  #formerly: ReadableSegment[] = [];
  #closed = false;

  /**
   * Opens a region that is there. A handful of system calls, whatever its size.
   * @throws `ERR_REGION_NOT_FOUND`, `ERR_REGION_DENIED`, `ERR_REGION_CORRUPT`, `ERR_REGION_FORMAT`, `ERR_INVALID_NAME`, `ERR_INVALID_ARG`,
   *   `ERR_DIRECTORY`, `ERR_SYSTEM`
   */
  static open(name: string, options: ReaderOptions = {}): RegionReader {
    return new RegionReader(name, options);
  }

  private constructor(name: string, { dir, owner }: ReaderOptions) {
    this.#system = mmapSystem();
    this.#paths = new RegionPaths(name, directoryToRead(dir, owner));
    this.#owner = owner;
    this.name = name;
    this.path = this.#paths.control;
    const opened = this.#open();
    if (opened === undefined) throw notFound(name, this.path);
    this.#opened = opened;
    this.#control = opened.control;
    this.#segments = this.#noSegments();
  }

  /** 16 hexadecimal digits that tell this region from a later one of the same name. */
  get instance(): string {
    return this.#control.header.instance;
  }

  /** What the hot path compares with the version it has, until `reattach`; see `CommitRing.versionView`. */
  get versionView(): Float64Array {
    return this.#control.ring.versionView;
  }

  /** Whether there is another version than `version`, or the reader is closed. Tens of nanoseconds. */
  changedSince(version: number): boolean {
    return this.#control.ring.changedSince(version);
  }

  /**
   * Returns the newest version, held for the caller; undefined before the first.
   * @throws `ERR_REGION_NOT_FOUND` when the region was removed and nothing of it can be read, `ERR_REGION_CORRUPT`, `ERR_CLOSED`
   */
  acquire(): Acquired | undefined {
    this.#checkOpen();
    for (let tries = 0; tries < SWITCH_TRIES; tries++) {
      const commit = newestCommit(this.#control.ring);
      if (commit === undefined) return undefined;
      const segment = this.#segments.covering(commit);
      if (segment !== undefined) return { commit, segment };
      if (commit.version === this.#control.ring.version()) throw this.#segmentMissing(commit);
    }
    throw corrupt(this.path, 'its segments are replaced faster than they can be opened');
  }

  /**
   * Returns `version` as it was, held for the caller.
   * @throws `ERR_VERSION_GONE` when its record or its segment is no longer kept, `ERR_REGION_CORRUPT`, `ERR_CLOSED`
   */
  acquireAt(version: number): Acquired {
    this.#checkOpen();
    const commit = commitAt(this.#control.ring, version);
    const segment = commit && this.#segments.covering(commit);
    if (commit !== undefined && segment !== undefined) return { commit, segment };
    throw versionGone(this.name, version, this.#control.ring.version());
  }

  /** Returns the versions that can be read, newest first. O(ring capacity). */
  history(): Commit[] {
    this.#checkOpen();
    return readableCommits(
      this.#control.ring,
      (segment) => this.#segments.holds(segment) || existsSync(this.#paths.segment(segment)),
    );
  }

  /** The segments that are kept mapped here though newer ones have taken their place. */
  held(): Held {
    this.#formerly = this.#formerly.filter((segment) => !segment.released);
    const segments = [...this.#formerly, ...this.#segments.older];
    return { segments: segments.length, bytes: segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
  }

  /** Whether the newest version lies in another segment than `segment`. About a microsecond. @throws `ERR_REGION_CORRUPT` */
  hasLeft(segment: ReadableSegment): boolean {
    const commit = newestCommit(this.#control.ring);
    return commit !== undefined && (commit.segment !== segment.number || !this.#segments.isNewest(segment));
  }

  /** Looks at master and files. Tens of microseconds, more in a directory of many files. */
  status(): RegionStatus {
    this.#checkOpen();
    const control = this.#control;
    return {
      ...livingMaster(this.#system, this.#opened),
      removed: this.isRemoved(),
      history: control.state.history,
      sizeBytes: totalBytes(this.#paths),
      system: this.#system.kind,
    };
  }

  /** Whether the region that is open here is gone: removed, deleted by hand, or another one stands in its place. */
  isRemoved(): boolean {
    return this.#control.state.isRemoved() || !isStillAt(this.#opened.fd, this.path);
  }

  /**
   * Changes over to the region that has the name now; false when there is none, or still the same one. What is held stays valid;
   * `instance` tells whether it is the same region.
   */
  reattach(): boolean {
    this.#checkOpen();
    if (!this.isRemoved()) return false;
    const opened = this.#open();
    if (opened === undefined) return false;
    this.#closeFiles();
    this.#formerly.push(...this.#segments.older);
    this.#opened = opened;
    this.#control = opened.control;
    this.#segments = this.#noSegments();
    for (const watcher of this.#watchers) watcher.retarget();
    return true;
  }

  /** Tells `listener` what happens from now on, until the watcher or the reader is closed; refresh once after this returns. */
  watch(listener: RegionListener): RegionWatcher {
    this.#checkOpen();
    const target = {
      path: this.path,
      versionWord: () => this.#control.ring.versionWord(),
      namedMaster: () => this.#control.state.holder()?.pid,
      isMasterAlive: () => livingMaster(this.#system, this.#opened).masterAlive,
      isRemoved: () => this.isRemoved(),
      isBack: () => this.#isBack(),
    };
    const watcher = new RegionWatcher(target, listener, () => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    return watcher;
  }

  /** Gives files and watchers back. What is held stays valid until it is released. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.close();
    this.#closeFiles();
  }

  /** A control file that is marked as removed is one that nobody has unlinked yet. */
  #open(): OpenControl | undefined {
    const opened = openControl(this.#system, this.path, 'read', this.#owner);
    if (!opened?.control.state.isRemoved()) return opened;
    closeControl(opened);
    return undefined;
  }

  #isBack(): boolean {
    const opened = this.#open();
    if (opened === undefined) return false;
    closeControl(opened);
    return true;
  }

  #noSegments(): ReadableSegments {
    return new ReadableSegments(this.#system, this.#paths, this.instance, this.#owner);
  }

  #closeFiles(): void {
    closeControl(this.#opened);
    this.#segments.close();
  }

  #segmentMissing(commit: Commit): JsonMmapError {
    if (this.isRemoved()) return notFound(this.name, this.path);
    return corrupt(this.#paths.segment(commit.segment), 'the newest commit needs it, and it is not there');
  }

  #checkOpen(): void {
    if (this.#closed) throw closed(this.name);
  }
}
